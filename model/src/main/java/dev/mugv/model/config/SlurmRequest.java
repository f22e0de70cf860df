package dev.mugv.model.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What one step asks Slurm for.
 *
 * @param nodes of one allocation; absent where the step's own number stands, as with all that follow
 * @param ranksPerNode worker processes on each node
 * @param cpus of a worker process and its threads
 * @param memoryMebibytes of a worker process
 * @param relayAhead how long before the end of its time limit the next segment of a training is queued; absent where it is
 *     queued afterwards
 * @param device that a training computes on; absent where the run's usual one stands
 * @param options of sbatch, each one word
 */
// Eight components because each is a directive of its own.
public record SlurmRequest(
        Duration timeLimit,
        Optional<Integer> nodes,
        Optional<Integer> ranksPerNode,
        Optional<Integer> cpus,
        Optional<Integer> memoryMebibytes,
        Optional<Duration> relayAhead,
        Optional<DeviceKind> device,
        List<String> options) {
    public SlurmRequest {
        options = List.copyOf(options);
    }
}
