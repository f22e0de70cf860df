package dev.mugv.steps.work;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the elements of a step ask the executor for.
 *
 * @param timeLimit that an element may take by the executor's clock; the local executor has none
 * @param nodes of one allocation, in place of the planner's, as all that follow
 * @param ranksPerNode worker processes on each node
 * @param cpus of each worker process, which are its threads
 * @param memoryMebibytes of each worker process
 * @param relayAhead how long before the end of its time limit the next segment of a training is queued; absent where that
 *     is done afterwards
 * @param options further directives, in the executor's own words
 */
// Seven components because each is a directive of its own.
public record Placement(
        Duration timeLimit,
        Optional<Integer> nodes,
        Optional<Integer> ranksPerNode,
        Optional<Integer> cpus,
        Optional<Integer> memoryMebibytes,
        Optional<Duration> relayAhead,
        List<String> options) {
    public Placement {
        options = List.copyOf(options);
    }

    /** On this machine: what the planner says, for as long as it takes. */
    public static Placement local() {
        return new Placement(
                Duration.ofDays(7),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    /**
     * An item with the resources that it will be given; threads and ranks decide the bits, so this comes before its key.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} where several ranks are asked for and the task runs
     *     as one process
     */
    WorkItem place(WorkItem item) {
        RankLayout planned = item.resources().layout();
        RankLayout layout = new RankLayout(nodes.orElse(planned.nodes()), ranksPerNode.orElse(planned.perNode()));
        if (layout.ranks() > 1 && !item.task().runsOnRanks()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    ("Cannot plan '%s': expected one process, as task '%s' cannot be shared by ranks, found %d nodes with %d"
                                    + " ranks each. Remove 'nodes' and 'ranks-per-node' of its step from slurm.steps.")
                            .formatted(item.label(), item.task().label(), layout.nodes(), layout.perNode()));
        }
        WorkResources resources = new WorkResources(
                cpus.orElse(item.resources().threads()),
                memoryMebibytes.orElse(item.resources().memoryMebibytes()),
                layout);
        return new WorkItem(item.label(), item.task(), item.parameters(), item.inputs(), resources);
    }
}
