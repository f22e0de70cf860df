package dev.mugv.model.worker.task;

import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkTask;
import dev.mugv.model.train.ModelTraining;
import java.io.IOException;

/** {@code TRAIN_MODEL}: a stage of the curriculum, SFT, DPO or KTO. */
public final class TrainModelTask implements WorkTask {
    @Override
    public void run(TaskContext context) throws IOException {
        new ModelTraining(context).run();
    }
}
