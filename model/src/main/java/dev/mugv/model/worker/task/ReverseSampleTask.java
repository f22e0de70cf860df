package dev.mugv.model.worker.task;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.data.LatentDataset;
import dev.mugv.model.format.ReverseSampleOrder;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkTask;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.train.ReverseSampling;
import dev.mugv.model.train.TrainedModel;
import java.io.IOException;

/** {@code REVERSE_SAMPLE}: pairs of real latents and what the present model makes of them. */
public final class ReverseSampleTask implements WorkTask {
    @Override
    public void run(TaskContext context) throws IOException {
        ReverseSampleOrder order = context.parameters(ReverseSampleOrder.class);
        TorchRuntime runtime = TorchRuntime.start(context.order().threads());
        try (NDManager scope = runtime.newScope();
                LatentDataset dataset = LatentDataset.open(TaskInputs.all(context, TaskInputs.LATENTS));
                TrainedModel model =
                        TrainedModel.open(TaskInputs.only(context, TaskInputs.MODEL), order.precision(), scope)) {
            new ReverseSampling(context).run(model, dataset, scope);
        }
    }
}
