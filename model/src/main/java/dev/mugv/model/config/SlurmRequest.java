package dev.mugv.model.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What one step asks Slurm for.
 *
 * @param cpus of an element and threads of its worker; absent where the step's own number stands
 * @param memoryMebibytes of an element; absent where the step's own number stands
 * @param options of sbatch, each one word
 */
public record SlurmRequest(
        Duration timeLimit, Optional<Integer> cpus, Optional<Integer> memoryMebibytes, List<String> options) {
    public SlurmRequest {
        options = List.copyOf(options);
    }
}
