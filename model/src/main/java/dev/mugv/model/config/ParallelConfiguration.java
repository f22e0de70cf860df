package dev.mugv.model.config;

import dev.mugv.model.run.CommunicatorKind;
import java.time.Duration;
import java.util.Optional;

/**
 * How a training is shared by ranks. On Slurm {@code slurm.steps} say on how many nodes and with how many ranks each.
 *
 * @param data ranks of one machine among which samples are divided; one where nothing else is said
 * @param tensor ranks among which the model's matrices are cut, which are as many more
 * @param pipeline ranks among which its blocks are divided, which are as many more again
 * @param mode what several ranks may differ in from one
 * @param communicator by what they reach each other
 * @param deadline after which a rank that is waited for counts as lost; more than a checkpoint takes to write
 * @param pmi by which of srun's plugins ranks find each other with communicator {@code mpi} ({@code srun --mpi=list})
 */
public record ParallelConfiguration(
        Optional<Integer> data,
        @Default("1") int tensor,
        @Default("1") int pipeline,
        @Default("fast") ParallelMode mode,
        @Default("threads") CommunicatorKind communicator,
        @Default("10m") Duration deadline,
        @Default("pmix") String pmi) {
    /** One rank. */
    public static final ParallelConfiguration ALONE = new ParallelConfiguration(
            Optional.empty(), 1, 1, ParallelMode.FAST, CommunicatorKind.THREADS, Duration.ofMinutes(10), "pmix");

    /** Ranks that all hold the whole model. */
    public ParallelConfiguration(
            Optional<Integer> data, ParallelMode mode, CommunicatorKind communicator, Duration deadline, String pmi) {
        this(data, 1, 1, mode, communicator, deadline, pmi);
    }

    public ParallelConfiguration {
        new Faults()
                .within(1, 1024, data.orElse(1), "data")
                .within(1, 64, tensor, "tensor")
                .within(1, 1024, pipeline, "pipeline")
                .require(
                        mode != ParallelMode.EXACT || Integer.bitCount(data.orElse(1)) == 1,
                        "data",
                        "expected a power of two, which mode 'exact' needs, found " + data.orElse(1))
                .require(
                        deadline.compareTo(Duration.ofSeconds(1)) >= 0,
                        "deadline",
                        "expected at least 1s, found " + deadline.toMillis() + "ms")
                .require(
                        pmi.matches("[a-z0-9_]+"),
                        "pmi",
                        "expected a name that 'srun --mpi=list' shows, found '" + pmi + "'")
                .throwIfAny();
    }

    /** How a model is spread over the ranks that hold it together. */
    public Layout model() {
        return new Layout(tensor, pipeline, 1);
    }
}
