package dev.mugv.steps.work;

import dev.mugv.model.run.ArtifactRef;
import java.nio.file.Path;

/** Takes what a piece of work published into the catalogs. */
public interface WorkRecorder {
    /**
     * Called once a piece in the order of the plan, in a transaction of its own, after every piece of the step has been
     * decided; again after a restart, so it must be idempotent. Also called for pieces that were up to date.
     *
     * @param position place of the item in the plan, from 0
     * @param folder the artifact's folder, verified
     */
    void record(int position, WorkItem item, ArtifactRef artifact, Path folder);

    /**
     * Called for a piece that failed for good when the step tolerates failures; the same rules hold.
     *
     * @param message the worker's message, {@code Cannot ...}
     */
    default void recordFailure(int position, WorkItem item, String message) {}
}
