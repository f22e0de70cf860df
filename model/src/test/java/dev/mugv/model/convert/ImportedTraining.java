package dev.mugv.model.convert;

import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.format.WeightedClip;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.worker.task.TrainModelTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A training of a few updates on the imported golden samples: one clip is trained on, another held out. */
final class ImportedTraining {
    private static final VideoShape TRAINED = new VideoShape(32, 48, 16, 24);
    private static final VideoShape HELD_OUT = new VideoShape(48, 32, 32, 24);

    private ImportedTraining() {}

    /** The validation loss after some updates. */
    static double lossAfter(int updates, List<Path> shards, Path folder) {
        TrainingStage stage = new TrainingStage(
                "imported",
                updates,
                1,
                List.of(new ShapePhase(1, TRAINED)),
                0,
                0,
                0.5,
                CaptionDropout.NONE,
                new OptimizerConfiguration(1e-3, 1e-3, 1, 0.9, 0.99, 1e-8, 0, 1),
                10,
                1,
                ComputePrecision.FP32);
        TrainModelOrder order = new TrainModelOrder(
                new DitSize(72, 1, 64, 8),
                new TrainModelOrder.FlowMatching(stage, 0),
                List.of(new WeightedClip("clip_000", 1)),
                new ValidationGrid(List.of("clip_002"), HELD_OUT, 2, 1),
                ParallelMode.FAST);
        List<ArtifactRef> inputs = new ArrayList<>();
        for (int i = 0; i < shards.size(); i++) {
            String digits = Integer.toString(i + 1).repeat(64);
            inputs.add(new ArtifactRef(TaskKind.ENCODE_LATENTS, digits, digits));
        }
        try {
            RecordingTaskContext context =
                    new RecordingTaskContext(Files.createDirectories(folder), TaskKind.TRAIN_MODEL, order, inputs);
            for (int i = 0; i < shards.size(); i++) {
                context.withInput(inputs.get(i), shards.get(i));
            }
            new TrainModelTask().run(context);
            return Json.read(context.pendingOutput().resolve(TrainingSummary.FILE_NAME), TrainingSummary.class)
                    .lastValidationLoss();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
