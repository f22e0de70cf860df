package dev.mugv.model.train;

import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.parallel.TrainingGroups;
import dev.mugv.model.run.CodeVersion;
import dev.mugv.model.tensor.TorchRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What decides the last bits of a result besides code and inputs; recorded with every checkpoint. */
public final class Environment {
    /** What matrix products are written for; other flags of a processor do not change their bits. */
    private static final List<String> INSTRUCTION_SETS =
            List.of("avx", "avx2", "fma", "avx512f", "avx512bw", "avx512_bf16", "avx512_vnni", "amx_bf16", "amx_tile");

    private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

    private Environment() {}

    /** The same of several ranks: their number decides the last bits in fast mode, and nothing in exact mode. */
    public static Map<String, String> of(TorchRuntime runtime, TrainingGroups groups) {
        Map<String, String> environment = new TreeMap<>(of(runtime));
        int samples = groups.samples().size();
        if (groups.mode() == ParallelMode.FAST && samples > 1) {
            environment.put("ranks", Integer.toString(samples));
        }
        if (groups.replica().size() > 1) {
            environment.put("tensor", Integer.toString(groups.layout().tensor()));
            environment.put("pipeline", Integer.toString(groups.layout().pipeline()));
        }
        return environment;
    }

    /** Engine with its version, threads, virtual machine, processor with its instruction set, and libraries. */
    public static Map<String, String> of(TorchRuntime runtime) {
        TreeMap<String, String> environment = new TreeMap<>(Map.of(
                "engine", runtime.description(),
                "threads", Integer.toString(runtime.threads()),
                "java", System.getProperty("java.vm.version", ""),
                "architecture", System.getProperty("os.arch", ""),
                "instruction-set", instructionSet(),
                "mkl-cbwr", Optional.ofNullable(System.getenv("MKL_CBWR")).orElse("")));
        CodeVersion.libraries().forEach((name, version) -> environment.put("library " + name, version));
        return environment;
    }

    private static String instructionSet() {
        try (Stream<String> lines = Files.lines(PROCESSOR)) {
            List<String> flags = lines.filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(line -> Arrays.asList(line.split("\\s+")))
                    .orElse(List.of());
            return String.join(
                    " ", INSTRUCTION_SETS.stream().filter(flags::contains).toList());
        } catch (IOException e) {
            // No Linux: the architecture is what is known.
            return "";
        }
    }
}
