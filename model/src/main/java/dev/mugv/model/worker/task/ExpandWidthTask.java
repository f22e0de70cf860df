package dev.mugv.model.worker.task;

import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkTask;
import dev.mugv.model.train.ModelExpansion;
import java.io.IOException;

/** {@code EXPAND_WIDTH}: a wider model with the same function. */
public final class ExpandWidthTask implements WorkTask {
    @Override
    public void run(TaskContext context) throws IOException {
        new ModelExpansion(context).run();
    }
}
