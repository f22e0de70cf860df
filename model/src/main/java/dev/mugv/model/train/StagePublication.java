package dev.mugv.model.train;

import dev.mugv.model.checkpoint.Checkpoint;
import dev.mugv.model.config.WeightAverage;
import dev.mugv.model.config.WeightAveraging;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.tensor.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a training of a model leaves in its task's output: the weights, those of its last checkpoints, and their averages.
 *
 * @param context of the task
 * @param plan of the training
 * @param keptCheckpoints how many of the last checkpoints are published for merging; 0 for none
 * @param validation measures an average that is passed on
 */
record StagePublication(TaskContext context, TrainingPlan plan, int keptCheckpoints, ValidationLoss validation) {
    /** Figure of the summary: what the average loses that the stage passes on. */
    static final String EMA_VALIDATION_LOSS = "ema-validation-loss";

    /**
     * Writes everything; the model holds what was written of it last.
     *
     * @param checkpoints of the regular cadence and the last one, oldest first
     * @param model whole, with the values after the last update
     * @return figures of what is passed on, if it is not the last weights
     */
    Map<String, Double> publish(List<Checkpoint> checkpoints, DitModel model) throws IOException {
        List<ModelDescription.Checkpoint> copies = copyCheckpoints(newest(checkpoints, keptCheckpoints), model);
        List<ModelDescription.Snapshot> averages = copyAverages(checkpoints, model);
        Checkpoint last = checkpoints.get(checkpoints.size() - 1);
        Optional<WeightAverage> passed = plan.averaging().flatMap(WeightAveraging::published);
        if (passed.isPresent()) {
            fillAverage(last, passed.get(), model);
        } else {
            fillWeights(last, model);
        }
        PublishedModel.write(
                model,
                new PublishedModel.Origin(
                        plan.stage(),
                        Math.toIntExact(last.state().update()),
                        copies,
                        averages,
                        passed.map(WeightAverage::label).orElse(ModelDescription.LAST_WEIGHTS)),
                context);
        if (passed.isEmpty()) {
            return Map.of();
        }
        model.transformer().parametersChanged();
        return Map.of(
                EMA_VALIDATION_LOSS, validation.of(model.transformer(), model.flow(), model.scope(), Ranks.alone()));
    }

    private List<ModelDescription.Checkpoint> copyCheckpoints(List<Checkpoint> checkpoints, DitModel model)
            throws IOException {
        List<ModelDescription.Checkpoint> copies = new ArrayList<>();
        for (Checkpoint checkpoint : checkpoints) {
            long update = checkpoint.state().update();
            String file = "checkpoints/update-%08d.safetensors".formatted(update);
            // A checkpoint holds what is trained; what is published is the whole model.
            fillWeights(checkpoint, model);
            write(model, file);
            copies.add(new ModelDescription.Checkpoint(Math.toIntExact(update), file));
        }
        return copies;
    }

    /** The power-function averages of the newest checkpoints, which others are made of, and the exponential one as it ended. */
    private List<ModelDescription.Snapshot> copyAverages(List<Checkpoint> checkpoints, DitModel model)
            throws IOException {
        List<ModelDescription.Snapshot> copies = new ArrayList<>();
        if (plan.averaging().isEmpty()) {
            return copies;
        }
        WeightAveraging averaging = plan.averaging().get();
        Checkpoint last = checkpoints.get(checkpoints.size() - 1);
        for (Checkpoint checkpoint : newest(checkpoints, Math.max(1, averaging.keptSnapshots()))) {
            boolean isLast = checkpoint.equals(last);
            for (WeightAverage average : averaging.averages()) {
                if (isLast || average instanceof WeightAverage.Power) {
                    long update = checkpoint.state().update();
                    String file = "averages/update-%08d.%s.safetensors".formatted(update, average.label());
                    fillAverage(checkpoint, average, model);
                    write(model, file);
                    copies.add(new ModelDescription.Snapshot(Math.toIntExact(update), average, file));
                }
            }
        }
        return copies;
    }

    private void write(DitModel model, String file) throws IOException {
        Path target = context.pendingOutput().resolve(file);
        Files.createDirectories(target.getParent());
        model.write(target);
    }

    private static void fillWeights(Checkpoint checkpoint, DitModel model) {
        try (TensorSource weights = checkpoint.tensors(TrainingLoop.WEIGHTS)) {
            model.parameters().fill(weights);
        }
    }

    private static void fillAverage(Checkpoint checkpoint, WeightAverage average, DitModel model) {
        try (TensorSource averages = new AverageTensors(checkpoint.tensors(TrainingLoop.AVERAGES), average)) {
            averages.requireExactly(model.parameters().shapes());
            model.parameters().fill(averages);
        }
    }

    private static List<Checkpoint> newest(List<Checkpoint> checkpoints, int count) {
        return checkpoints.subList(Math.max(0, checkpoints.size() - count), checkpoints.size());
    }
}
