package dev.mugv.steps.work;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the elements of a step ask the executor for.
 *
 * @param timeLimit that an element may take by the executor's clock; the local executor has none
 * @param cpus in place of the planner's threads
 * @param memoryMebibytes in place of the planner's
 * @param options further directives, in the executor's own words
 */
public record Placement(
        Duration timeLimit, Optional<Integer> cpus, Optional<Integer> memoryMebibytes, List<String> options) {
    public Placement {
        options = List.copyOf(options);
    }

    /** On this machine: what the planner says, for as long as it takes. */
    public static Placement local() {
        return new Placement(Duration.ofDays(7), Optional.empty(), Optional.empty(), List.of());
    }

    /** An item with the resources that it will be given; its threads decide the bits, so this comes before its key. */
    WorkItem place(WorkItem item) {
        WorkResources resources = new WorkResources(
                cpus.orElse(item.resources().threads()),
                memoryMebibytes.orElse(item.resources().memoryMebibytes()));
        return new WorkItem(item.label(), item.task(), item.parameters(), item.inputs(), resources);
    }
}
