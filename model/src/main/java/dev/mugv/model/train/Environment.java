package dev.mugv.model.train;

import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.tensor.TorchRuntime;
import java.util.Map;
import java.util.TreeMap;

/** What decides the last bits of a result besides code and inputs; recorded with every checkpoint. */
public final class Environment {
    private Environment() {}

    /** The same of several ranks: their number decides the last bits in fast mode, and nothing in exact mode. */
    static Map<String, String> of(TorchRuntime runtime, Ranks ranks) {
        Map<String, String> environment = new TreeMap<>(of(runtime));
        if (ranks.mode() == ParallelMode.FAST && ranks.size() > 1) {
            environment.put("ranks", Integer.toString(ranks.size()));
        }
        return environment;
    }

    /** Engine with its version, threads, virtual machine and processor. */
    public static Map<String, String> of(TorchRuntime runtime) {
        return Map.of(
                "engine", runtime.description(),
                "threads", Integer.toString(runtime.threads()),
                "java", System.getProperty("java.vm.version", ""),
                "architecture", System.getProperty("os.arch", ""));
    }
}
