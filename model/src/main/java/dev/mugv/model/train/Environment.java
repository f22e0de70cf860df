package dev.mugv.model.train;

import dev.mugv.model.tensor.TorchRuntime;
import java.util.Map;

/** What decides the last bits of a result besides code and inputs; recorded with every checkpoint. */
public final class Environment {
    private Environment() {}

    /** Engine with its version, threads, virtual machine and processor. */
    public static Map<String, String> of(TorchRuntime runtime) {
        return Map.of(
                "engine", runtime.description(),
                "threads", Integer.toString(runtime.threads()),
                "java", System.getProperty("java.vm.version", ""),
                "architecture", System.getProperty("os.arch", ""));
    }
}
