package dev.mugv.jobs.certify;

import dev.mugv.jobs.batch.Distribution;
import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.steps.database.DatabaseAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * What is certified, and how hard.
 *
 * @param file configuration file of the run whose cluster is meant
 * @param configuration what it says
 * @param database the run's, migrated
 * @param distribution whose controller and workers are certified
 * @param folder for trials, on the shared storage; is made
 * @param rounds how often every fault is tried
 * @param seed of everything that is chosen by chance
 * @param only names of the faults to be tried; empty for all
 * @param scale sizes of trials in percent; 100 hits over 200 attempts a round where everything can be tried
 * @param environment of the controllers
 */
public record CertificationSettings(
        Path file,
        PipelineConfiguration configuration,
        DatabaseAddress database,
        Distribution distribution,
        Path folder,
        int rounds,
        long seed,
        Set<String> only,
        int scale,
        Map<String, String> environment) {
    public CertificationSettings {
        only = Set.copyOf(only);
        environment = Map.copyOf(environment);
        if (!folder.isAbsolute() || rounds < 1 || scale < 1) {
            throw new IllegalArgumentException(
                    "expected an absolute folder and at least 1 round and 1 percent, found '%s', %d and %d"
                            .formatted(folder, rounds, scale));
        }
    }

    boolean wants(String fault) {
        return only.isEmpty() || only.contains(fault);
    }

    int scaled(int pieces) {
        return Math.max(2, pieces * scale / 100);
    }
}
