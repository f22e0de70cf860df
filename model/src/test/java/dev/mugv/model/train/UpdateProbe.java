package dev.mugv.model.train;

import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.run.RecordingTaskContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A training of a given size through the real task, for programs that look at its metrics. */
public final class UpdateProbe {
    private UpdateProbe() {}

    /**
     * Trains in an empty folder and returns the metrics.
     *
     * @param size of the model; its text width is that of the tiny clips, 16
     * @param side of the frames in pixels; 16 of them
     */
    public static List<MetricsLine> train(Path folder, DitSize size, int side, int updates, int checkpointEvery) {
        VideoShape shape = new VideoShape(side, side, 16, 8);
        TrainingStage stage = new TrainingStage(
                "probe",
                updates,
                2,
                List.of(new ShapePhase(1, shape)),
                0,
                0,
                0.5,
                CaptionDropout.NONE,
                TinyTraining.OPTIMIZER,
                checkpointEvery,
                1,
                ComputePrecision.FP32);
        TrainModelOrder order = new TrainModelOrder(
                size,
                new TrainModelOrder.FlowMatching(stage, 0),
                TinyTraining.TRAINING_CLIPS,
                new ValidationGrid(List.of("held"), shape, 1, 1),
                ParallelMode.FAST);
        RecordingTaskContext context = new TinyTraining(folder, List.of(shape)).context("run", order, Map.of());
        TinyTraining.run(context);
        return MetricsLine.readAll(context.pendingOutput().resolve(MetricsLine.FILE_NAME));
    }
}
