package dev.mugv.model.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What some steps ask Slurm for instead of the run's usual wish. Many components because each is one option of sbatch.
 *
 * @param name a step, or several: {@code pretrain-*}
 * @param partition Slurm partition
 * @param gres generic resources, for example {@code gpu:a100:1}
 * @param device that a training of the transformer computes on, instead of {@code training.device}
 * @param gpusPerNode GPUs of each node, by {@code --gpus-per-node}; what {@code gres} says otherwise
 * @param nodes of one allocation, for work that runs on several ranks
 * @param ranksPerNode worker processes on each node, for such work
 * @param cpus CPUs of a worker process and its compute threads; decides the bits of what is trained
 * @param memory of a worker process, for example {@code 64G}
 * @param timeLimit after which Slurm ends an element
 * @param relay whether the next segment of a training is queued while one works, so that it ages in the queue
 * @param relayAhead how long before the end of a segment's time limit the next is queued; half of the limit without it
 * @param options further options of sbatch, for example {@code --exclusive}
 */
public record SlurmStep(
        String name,
        Optional<String> partition,
        Optional<String> account,
        Optional<String> qos,
        Optional<String> reservation,
        Optional<String> constraint,
        Optional<String> gres,
        Optional<DeviceKind> device,
        Optional<Integer> gpusPerNode,
        Optional<Integer> nodes,
        Optional<Integer> ranksPerNode,
        Optional<Integer> cpus,
        Optional<String> memory,
        Optional<Duration> timeLimit,
        Optional<Boolean> relay,
        Optional<Duration> relayAhead,
        @Default("[]") List<String> options) {
    public SlurmStep {
        options = List.copyOf(options);
        Faults faults = new Faults()
                .require(
                        name.matches("[a-z][a-z0-9-]*\\*?"),
                        "name",
                        "expected a step's name, or its beginning and '*', found '" + name + "'")
                .require(
                        memory.isEmpty() || SlurmWords.isMemory(memory.get()),
                        "memory",
                        "expected an amount such as 64G or 800M, found '" + memory.orElse("") + "'")
                .within(1, 1024, gpusPerNode.orElse(1), "gpusPerNode")
                .within(1, 100_000, nodes.orElse(1), "nodes")
                .within(1, 1024, ranksPerNode.orElse(1), "ranksPerNode")
                .within(1, 4096, cpus.orElse(1), "cpus")
                .require(
                        gres.isEmpty() || gpusPerNode.isEmpty(),
                        "gpusPerNode",
                        "expected GPUs by gres or by gpus-per-node, found both")
                .require(
                        relayAhead.isEmpty() || relayAhead.get().toMinutes() >= 1,
                        "relayAhead",
                        "expected at least 1m, found "
                                + relayAhead.map(Duration::toSeconds).orElse(0L) + "s");
        SlurmWords.check(faults, "partition", partition);
        SlurmWords.check(faults, "account", account);
        SlurmWords.check(faults, "qos", qos);
        SlurmWords.check(faults, "reservation", reservation);
        SlurmWords.check(faults, "constraint", constraint);
        SlurmWords.check(faults, "gres", gres);
        SlurmWords.checkTime(faults, timeLimit);
        SlurmWords.checkOptions(faults, options);
        faults.throwIfAny();
    }

    /** Whether a step is meant. */
    public boolean matches(String step) {
        return name.endsWith("*") ? step.startsWith(name.substring(0, name.length() - 1)) : step.equals(name);
    }
}
