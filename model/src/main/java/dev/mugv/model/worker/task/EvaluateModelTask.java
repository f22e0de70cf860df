package dev.mugv.model.worker.task;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.data.LatentDataset;
import dev.mugv.model.format.EvaluateModelOrder;
import dev.mugv.model.format.GenerationItem;
import dev.mugv.model.format.ModelEvaluation;
import dev.mugv.model.format.ModelEvaluation.GridLoss;
import dev.mugv.model.format.ModelEvaluation.Sample;
import dev.mugv.model.format.ValidationCells;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkTask;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.train.TrainedModel;
import dev.mugv.model.worker.task.SampleGeneration.MadeSample;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code EVALUATE_MODEL}: a checkpoint's loss on fixed grids, and the videos that it generates, with their scores. */
public final class EvaluateModelTask implements WorkTask {
    @Override
    public void run(TaskContext context) throws IOException {
        EvaluateModelOrder order = context.parameters(EvaluateModelOrder.class);
        TorchRuntime runtime = TorchRuntime.start(context.order().threads());
        try (NDManager scope = runtime.newScope();
                TrainedModel model = TrainedModel.open(
                        TaskInputs.only(context, TaskInputs.MODEL),
                        order.settings().sampler().precision(),
                        scope)) {
            List<ValidationCells.Cells> cells = losses(context, order, model);
            List<GridLoss> losses = cells.stream()
                    .map(grid -> new GridLoss(grid.grid(), grid.mean()))
                    .toList();
            List<Sample> samples = List.of();
            if (!order.items().isEmpty()) {
                try (SampleGeneration generation =
                        SampleGeneration.open(context, order.settings(), model, runtime, scope)) {
                    samples = samples(context, order, generation, scope);
                }
            }
            ModelEvaluation evaluation =
                    new ModelEvaluation(order.checkpoint(), model.description().modelSha256(), losses, samples);
            Files.writeString(context.pendingOutput().resolve(ModelEvaluation.FILE_NAME), Json.pretty(evaluation));
            Files.writeString(context.pendingOutput().resolve(EvaluateModelOrder.FILE_NAME), Json.pretty(order));
            Files.writeString(
                    context.pendingOutput().resolve(ValidationCells.FILE_NAME),
                    Json.pretty(new ValidationCells(order.checkpoint(), cells)));
        }
    }

    private static List<ValidationCells.Cells> losses(
            TaskContext context, EvaluateModelOrder order, TrainedModel model) {
        List<ValidationCells.Cells> losses = new ArrayList<>();
        if (order.grids().isEmpty()) {
            return losses;
        }
        try (LatentDataset latents = LatentDataset.open(TaskInputs.all(context, TaskInputs.LATENTS))) {
            for (ValidationGrid grid : order.grids()) {
                ValidationCells.Cells cells = model.losses(grid, latents);
                MeasuredNumbers.require(
                        "checkpoint '" + order.checkpoint() + "'", Map.of("validation loss", cells.mean()));
                losses.add(cells);
                context.progress(losses.size(), units(order), "measurements");
            }
        }
        return losses;
    }

    private static List<Sample> samples(
            TaskContext context, EvaluateModelOrder order, SampleGeneration generation, NDManager scope) {
        List<Sample> samples = new ArrayList<>();
        for (GenerationItem item : order.items()) {
            if (context.isStopRequested()) {
                throw new StopRequestedException("stopped after %d of %d samples"
                        .formatted(samples.size(), order.items().size()));
            }
            try (NDManager local = scope.newSubManager()) {
                MadeSample made = generation.make(item, 0, local);
                generation.write(made);
                samples.add(new Sample(
                        made.sampleId(),
                        item.name(),
                        item.conditioning(),
                        item.prompt(),
                        order.settings().shape(),
                        made.scores(),
                        SampleGeneration.videoFile(made.sampleId()),
                        SampleGeneration.sheetFile(made.sampleId()),
                        generation.writeFirstFrame(item, made.sampleId())));
            }
            context.progress(order.grids().size() + samples.size(), units(order), "measurements");
        }
        return samples;
    }

    private static int units(EvaluateModelOrder order) {
        return order.grids().size() + order.items().size();
    }
}
