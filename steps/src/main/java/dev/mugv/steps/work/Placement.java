package dev.mugv.steps.work;

import dev.mugv.model.config.DeviceKind;
import dev.mugv.model.config.ParallelConfiguration;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.run.Communication;
import dev.mugv.model.run.CommunicatorKind;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.slurm.script.Resources;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the elements of a step ask the executor for.
 *
 * @param timeLimit that an element may take by the executor's clock
 * @param nodes of one allocation, in place of the planner's, as all that follow
 * @param ranksPerNode worker processes on each node
 * @param cpus of each worker process, which are its threads
 * @param memoryMebibytes of each worker process
 * @param relayAhead how long before the end of its time limit the next segment of a training is queued; absent where that
 *     is done afterwards
 * @param options further directives, in the executor's own words
 * @param device that a training of the transformer computes on
 * @param parallel how a training is shared by ranks
 */
// Nine components because each is a directive of its own.
public record Placement(
        Duration timeLimit,
        Optional<Integer> nodes,
        Optional<Integer> ranksPerNode,
        Optional<Integer> cpus,
        Optional<Integer> memoryMebibytes,
        Optional<Duration> relayAhead,
        List<String> options,
        DeviceKind device,
        ParallelConfiguration parallel) {
    public Placement {
        options = List.copyOf(options);
    }

    /** Of work that is shared as the planner or the executor's wish says, if at all. */
    public Placement(
            Duration timeLimit,
            Optional<Integer> nodes,
            Optional<Integer> ranksPerNode,
            Optional<Integer> cpus,
            Optional<Integer> memoryMebibytes,
            Optional<Duration> relayAhead,
            List<String> options) {
        this(
                timeLimit,
                nodes,
                ranksPerNode,
                cpus,
                memoryMebibytes,
                relayAhead,
                options,
                DeviceKind.CPU,
                ParallelConfiguration.ALONE);
    }

    /** On this machine: what the planner says, for a week at most. */
    public static Placement local() {
        return local(ParallelConfiguration.ALONE);
    }

    /** The same with trainings shared by ranks. */
    public static Placement local(ParallelConfiguration parallel) {
        return local(Duration.ofDays(7), parallel);
    }

    /** The same with another time limit. */
    public static Placement local(Duration timeLimit, ParallelConfiguration parallel) {
        return new Placement(
                timeLimit,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                DeviceKind.CPU,
                parallel);
    }

    /** The same with trainings on another device. */
    public Placement on(DeviceKind other) {
        return new Placement(
                timeLimit, nodes, ranksPerNode, cpus, memoryMebibytes, relayAhead, options, other, parallel);
    }

    /** What an item's ranks compute on. */
    DeviceKind device(WorkItem item) {
        return item.task() == TaskKind.TRAIN_MODEL ? device : DeviceKind.CPU;
    }

    /**
     * An item with the resources that it will be given; threads and ranks decide the bits, so this comes before its key.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} where several ranks are asked for and the task runs
     *     as one process
     */
    WorkItem place(WorkItem item) {
        RankLayout layout = layout(item);
        if (layout.ranks() > 1 && !item.task().runsOnRanks()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    ("Cannot plan '%s': expected one process, as task '%s' cannot be shared by ranks, found %d nodes with %d"
                                    + " ranks each. Remove 'nodes' and 'ranks-per-node' of its step from slurm.steps.")
                            .formatted(item.label(), item.task().label(), layout.nodes(), layout.perNode()));
        }
        WorkResources resources = new WorkResources(
                cpus.orElse(item.resources().threads()),
                Math.multiplyExact(memoryMebibytes.orElse(item.resources().memoryMebibytes()), layout.perProcess()),
                layout);
        return new WorkItem(
                item.label(), item.task(), item.parameters(), item.inputs(), resources, item.circumstances());
    }

    private RankLayout layout(WorkItem item) {
        RankLayout planned = item.resources().layout();
        RankLayout processes = new RankLayout(nodes.orElse(planned.nodes()), ranksPerNode.orElse(planned.perNode()));
        if (!item.task().isDataParallel()) {
            return processes;
        }
        boolean areThreads = parallel.communicator() == CommunicatorKind.THREADS;
        int model = ranksOfModel(item);
        int data = parallel.data().orElse(Math.max(1, processes.ranks() / model));
        if (processes.ranks() == 1) {
            int ranks = Math.multiplyExact(data, model);
            processes = areThreads ? new RankLayout(1, 1, ranks) : new RankLayout(1, ranks);
        }
        requireSense(item, processes, data);
        return processes;
    }

    /** How many ranks hold one copy; a VideoVAE is held whole by each. */
    private int ranksOfModel(WorkItem item) {
        return item.task() == TaskKind.TRAIN_MODEL ? parallel.model().ranks() : 1;
    }

    private void requireSense(WorkItem item, RankLayout layout, int data) {
        int model = ranksOfModel(item);
        if (model > 1 && device(item) == DeviceKind.CUDA) {
            throw refusal(
                    item,
                    "expected no parallel.tensor and parallel.pipeline with the device cuda, as ranks hand each other what lies in host memory, found %d and %d",
                    parallel.tensor(),
                    parallel.pipeline());
        }
        if (model > 1 && layout.ranks() != data * model) {
            throw refusal(
                    item,
                    "expected %d ranks, as parallel has tensor: %d, pipeline: %d and data: %d, found %d nodes with %d ranks each in slurm.steps",
                    data * model,
                    parallel.tensor(),
                    parallel.pipeline(),
                    data,
                    layout.nodes(),
                    layout.perNode());
        }
        if (layout.ranks() != data * model) {
            throw refusal(
                    item,
                    "expected parallel.data: %d, or none of it, as slurm.steps asks for %d nodes with %d ranks each, found %d",
                    layout.ranks(),
                    layout.nodes(),
                    layout.perNode(),
                    data);
        }
        if (layout.processes() > 1 && parallel.communicator() == CommunicatorKind.THREADS) {
            throw refusal(
                    item,
                    "expected parallel.communicator: mpi or nccl for %d processes, found threads",
                    layout.processes());
        }
        if (parallel.mode() == ParallelMode.EXACT && Integer.bitCount(data) != 1) {
            throw refusal(item, "expected a power of two of ranks, which parallel.mode: exact needs, found %d", data);
        }
    }

    private static WorkFailure refusal(WorkItem item, String fact, Object... values) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot plan '%s': %s. Correct the configuration and give the command again."
                        .formatted(item.label(), fact.formatted(values)));
    }

    /** By what the ranks of an item reach each other. */
    Communication communication(WorkItem item) {
        RankLayout layout = item.resources().layout();
        boolean isModel = item.task() == TaskKind.TRAIN_MODEL;
        return item.task().isDataParallel() && layout.ranks() > 1
                ? new Communication(
                        parallel.communicator(),
                        layout.perProcess(),
                        isModel ? parallel.tensor() : 1,
                        isModel ? parallel.pipeline() : 1,
                        Math.toIntExact(parallel.deadline().toSeconds()))
                : Communication.NONE;
    }

    /** How srun lets processes find each other. */
    String pmi(RankLayout layout) {
        return layout.processes() > 1 && parallel.communicator() == CommunicatorKind.MPI
                ? parallel.pmi()
                : Resources.NO_PMI;
    }
}
