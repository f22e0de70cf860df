package dev.mugv.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.kernels.device.Device;
import dev.mugv.kernels.device.UnusableDeviceException;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CudaImagesTest {
    private static final String ALL = "sm_80.cubin,compute_80.ptx,sm_90.cubin,compute_90.ptx";

    @ParameterizedTest
    @CsvSource({
        "80, sm_80.cubin",
        "86, sm_80.cubin",
        "89, sm_80.cubin",
        "90, sm_90.cubin",
        "100, compute_90.ptx",
        "120, compute_90.ptx"
    })
    void aGpuGetsTheCubinOfItsOwnGenerationElsePtx(int capability, String name) {
        assertThat(images(ALL).nameFor(capability, Device.cuda(0))).isEqualTo(name);
    }

    @Test
    void anOlderGpuIsRefused() {
        assertThatThrownBy(() -> images(ALL).nameFor(75, Device.cuda(1)))
                .isInstanceOf(UnusableDeviceException.class)
                .hasMessageStartingWith(
                        "Cannot use device 'cuda:1': expected compiled CUDA kernels for sm_75, found [sm_80.cubin,");
    }

    @Test
    void aBuildWithoutNvccSaysSo() {
        assertThatThrownBy(() -> images("").nameFor(90, Device.cuda(0)))
                .isInstanceOf(UnusableDeviceException.class)
                .hasMessage(
                        "Cannot use device 'cuda:0': expected compiled CUDA kernels, found none: this build had no nvcc. Build on a machine with nvcc, or use the device 'cpu'.");
    }

    @Test
    void thisBuildsImagesAreTheOnesThatWereBuilt() {
        CudaImages images = CudaImages.ofThisBuild();
        Assumptions.assumeFalse(images.names().isEmpty(), "No nvcc when this was built: there are no CUDA kernels");
        assertThat(images.names()).isEqualTo(List.of(ALL.split(",")));
        for (String name : images.names()) {
            assertThat(images.read(name)).hasSizeGreaterThan(10_000);
        }
        // Every kernel is in every image, and its parameters are told.
        KernelSignatures signatures = KernelSignatures.of(images.signatures());
        assertThat(signatures.types())
                .hasSizeGreaterThan(30)
                .containsEntry("gelu_forward_bf16", List.of("u64", "u64", "u64", "u32"));
        for (String name : images.names()) {
            String content = new String(images.read(name), java.nio.charset.StandardCharsets.ISO_8859_1);
            assertThat(signatures.types().keySet()).allMatch(content::contains);
        }
    }

    @Test
    void argumentsThatAKernelDoesNotTakeAreRefused() {
        KernelSignatures signatures = KernelSignatures.of(
                ".visible .entry one(\n\t.param .u64 .ptr .global .align 4 one_param_0,\n\t.param .f32 one_param_1\n)\n{ }");
        signatures.require("one", List.of("u64", "f32"));
        assertThatThrownBy(() -> signatures.require("one", List.of("u64")))
                .hasMessage("kernel one: expected arguments [u64, f32], found [u64]");
        assertThatThrownBy(() -> signatures.require("other", List.of()))
                .hasMessageContaining("expected arguments null");
    }

    private static CudaImages images(String names) {
        Properties manifest = new Properties();
        manifest.setProperty("images", names);
        return CudaImages.of(manifest);
    }
}
