package dev.mugv.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A look for GPUs ends well whatever is found, in JVMs whose libraries are others. */
class CudaProbeTest {
    private static final Path EMULATION = Path.of("target", "emulation").toAbsolutePath();

    @TempDir
    private Path folder;

    @Test
    void withoutADriverThereIsARefusal() throws Exception {
        Assumptions.assumeFalse(
                Files.exists(Path.of("/proc/driver/nvidia/version")),
                "No machine without a driver: this one has a GPU");
        String said = said("cuda", Map.of());
        assertThat(said)
                .contains("Absent[fact=libcuda.so.1 is not found")
                .contains("Cannot use device 'cuda:0': expected ");
    }

    @Test
    void aDriverWithoutAFunctionThatIsCalledIsRefusedAndTheJvmLives() throws Exception {
        requireCompiler();
        Path source = Files.writeString(folder.resolve("old.c"), "int cuInit(unsigned f) { return 0; }\n");
        compile("gcc", "-shared", "-fPIC", "-o", folder.resolve("libcuda.so.1").toString(), source.toString());
        assertThat(said("cuda", Map.of("LD_LIBRARY_PATH", folder.toString())))
                .contains("Absent[fact=libcuda.so.1 has no [cuDriverGetVersion,")
                .contains("the driver is too old");
    }

    @Test
    void aDriverThatFindsNoGpuIsRefused() throws Exception {
        requireCompiler();
        StringBuilder source = new StringBuilder();
        for (String function : CudaProbe.FUNCTIONS) {
            source.append("int ").append(function).append("(void) { return 100; }\n");
        }
        Path file = Files.writeString(folder.resolve("empty.c"), source);
        compile("gcc", "-shared", "-fPIC", "-o", folder.resolve("libcuda.so.1").toString(), file.toString());
        assertThat(said("cuda", Map.of("LD_LIBRARY_PATH", folder.toString())))
                .contains("the driver finds no usable GPU: CUDA_ERROR_NO_DEVICE");
    }

    @Test
    void theStandInIsNotTakenForAGpu() throws Exception {
        Map<String, String> standIn = standIn();
        assertThat(said("cuda", standIn))
                .contains("Gpu[name=emulated (no GPU), capability=90]")
                .contains("Cannot use device 'cuda:0': expected a GPU, found the stand-in of the tests");
    }

    @Test
    void aGpuThatIsNotThereIsRefused() throws Exception {
        assertThat(said("cuda:3", standIn())).contains("expected a GPU of that number, found 1, numbered from 0");
    }

    @Test
    void aNewerGpuGetsPtxAndAnOlderOneARefusal() throws Exception {
        Map<String, String> newer = new java.util.HashMap<>(standIn());
        newer.put("JAVA_TOOL_OPTIONS", "-D" + CudaContext.EMULATION + "=true");
        newer.put("MUGV_EMULATED_CAPABILITY", "100");
        assertThat(said("cuda", newer)).contains("compute capability 10.0").contains("kernels compute_90.ptx");
        newer.put("MUGV_EMULATED_CAPABILITY", "86");
        assertThat(said("cuda", newer)).contains("kernels sm_80.cubin");
        newer.put("MUGV_EMULATED_CAPABILITY", "75");
        assertThat(said("cuda", newer)).contains("expected compiled CUDA kernels for sm_75");
    }

    private static Map<String, String> standIn() {
        Assumptions.assumeFalse(
                CudaImages.ofThisBuild().names().isEmpty(), "No nvcc when this was built: there are no CUDA kernels");
        Assumptions.assumeTrue(
                Files.exists(EMULATION.resolve("libcuda.so.1")),
                "No CUDA driver, and no stand-in for it: run the phase 'test' of the build with g++ installed");
        return Map.of("LD_LIBRARY_PATH", EMULATION.toString());
    }

    private static void requireCompiler() throws Exception {
        int code = new ProcessBuilder("sh", "-c", "command -v gcc").start().waitFor();
        Assumptions.assumeTrue(code == 0, "No gcc found");
    }

    private static void compile(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private static String said(String device, Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ProbeProgram.class.getName(),
                        device))
                .redirectErrorStream(true);
        builder.environment().remove("LD_LIBRARY_PATH");
        builder.environment().putAll(environment);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
