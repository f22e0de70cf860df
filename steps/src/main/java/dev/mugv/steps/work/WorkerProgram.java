package dev.mugv.steps.work;

import dev.mugv.model.run.TaskKind;
import dev.mugv.slurm.executor.NodeStorage;
import java.util.List;
import java.util.SortedMap;

/** The program that executors start for an attempt. */
public interface WorkerProgram {
    /** Words that start it; its arguments follow. */
    List<String> command(WorkResources resources);

    /** Variables set for it. */
    SortedMap<String, String> environment(WorkResources resources);

    /** Files that it consists of, where nodes find them only if they are sent. */
    default List<NodeStorage.Content> files() {
        return List.of();
    }

    /** Version of the code that does a task; part of the artifact's key. */
    String codeVersion(TaskKind task);
}
