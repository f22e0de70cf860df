package dev.mugv.model.worker.task;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Finds a task's inputs by the tasks that made them. */
final class TaskInputs {
    /** What publishes a VideoVAE. */
    static final Set<TaskKind> VAE = EnumSet.of(TaskKind.TRAIN_VAE, TaskKind.IMPORT_VAE);

    /** What publishes a model. */
    static final Set<TaskKind> MODEL =
            EnumSet.of(TaskKind.IMPORT_MODEL, TaskKind.TRAIN_MODEL, TaskKind.EXPAND_WIDTH, TaskKind.MERGE_CHECKPOINTS);

    /** What publishes a shard of latents. */
    static final Set<TaskKind> LATENTS = EnumSet.of(TaskKind.ENCODE_LATENTS, TaskKind.IMPORT_LATENTS);

    private TaskInputs() {}

    /**
     * Folder of the one input of these kinds, verified.
     *
     * @throws WorkFailure of kind {@link FailureKind#DEFECT} unless the order has exactly one
     */
    static Path only(TaskContext context, Set<TaskKind> kinds) {
        List<ArtifactRef> found = refs(context, kinds);
        if (found.size() != 1) {
            throw new WorkFailure(
                    FailureKind.DEFECT,
                    "Cannot start task '%s': expected one input of %s, found %s. Report this."
                            .formatted(context.order().task().label(), kinds, found));
        }
        return context.input(found.get(0));
    }

    /** Folders of all inputs of these kinds, verified, in the order's sequence. */
    static List<Path> all(TaskContext context, Set<TaskKind> kinds) {
        return refs(context, kinds).stream().map(context::input).toList();
    }

    private static List<ArtifactRef> refs(TaskContext context, Set<TaskKind> kinds) {
        return context.order().inputs().stream()
                .filter(ref -> kinds.contains(ref.task()))
                .toList();
    }
}
