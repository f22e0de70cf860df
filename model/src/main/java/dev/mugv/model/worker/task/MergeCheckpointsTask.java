package dev.mugv.model.worker.task;

import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkTask;
import dev.mugv.model.train.CheckpointMerging;
import java.io.IOException;

/** {@code MERGE_CHECKPOINTS}: the weighted mean of a training's checkpoints. */
public final class MergeCheckpointsTask implements WorkTask {
    @Override
    public void run(TaskContext context) throws IOException {
        new CheckpointMerging(context).run();
    }
}
