package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.kernels.GradientNorm;
import dev.mugv.model.checkpoint.Checkpoint;
import dev.mugv.model.checkpoint.CheckpointContent;
import dev.mugv.model.checkpoint.CheckpointState;
import dev.mugv.model.checkpoint.CheckpointStore;
import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The loop of every training: validation, updates (gradients, guard, clipping, AdamW), metrics, checkpoints, validation
 * again. Goes on from the newest verified checkpoint in the task's durable folder; a run that was killed and resumed ends
 * with the same bits as one that was not.
 */
public final class TrainingLoop implements AutoCloseable {
    /** Weights of a checkpoint. */
    public static final String WEIGHTS_FILE_NAME = "model.safetensors";

    private static final String OPTIMIZER_FILE_NAME = "optimizer.safetensors";
    private static final double SUMMARY_SHARE = 0.1;

    private final TaskContext context;
    private final TrainingPlan plan;
    private final Trainable trainable;
    private final OptimizerState optimizer;
    private final LearningRateSchedule schedule;
    private final CheckpointStore checkpoints;

    /**
     * @param scope outlives the loop
     */
    public TrainingLoop(TaskContext context, TrainingPlan plan, Trainable trainable, NDManager scope) {
        this.context = context;
        this.plan = plan;
        this.trainable = trainable;
        this.optimizer = new OptimizerState(scope, trainable.parameters(), plan.optimizer());
        this.schedule = new LearningRateSchedule(plan.optimizer(), plan.updates());
        this.checkpoints = new CheckpointStore(context, plan.retention());
    }

    /**
     * Trains to the end, publishes the last checkpoint and copies {@code metrics.jsonl} to the task's output.
     *
     * @throws StopRequestedException after a checkpoint, when a stop was asked for
     * @throws WorkFailure of kind {@link FailureKind#DIVERGED} when a number is not finite
     */
    public TrainingSummary run() {
        try (MetricsLog metrics = resume()) {
            long resumed = metrics.lastUpdate();
            long saved = resumed;
            for (long update = resumed + 1; update <= plan.updates(); update++) {
                if (context.isStopRequested()) {
                    stop(update - 1, saved, metrics);
                }
                MetricsLine line = update(update);
                metrics.append(update == plan.updates() ? withValidation(line) : line);
                if (update % plan.retention().every() == 0 || update == plan.updates()) {
                    save(update, metrics);
                    saved = update;
                }
                context.progress(update, plan.updates(), "updates");
            }
            metrics.force();
            Files.copy(metrics.file(), context.pendingOutput().resolve(MetricsLine.FILE_NAME));
            return summary(metrics.lines());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The published checkpoints of the regular cadence and the last one, oldest first, each verified. */
    public List<Checkpoint> keptCheckpoints() {
        return checkpoints.updates().stream()
                .filter(update -> update % plan.retention().every() == 0 || update == plan.updates())
                .map(checkpoints::verified)
                .toList();
    }

    @Override
    public void close() {
        optimizer.close();
    }

    private MetricsLog resume() {
        Path file = context.durableFolder().resolve(MetricsLine.FILE_NAME);
        Checkpoint checkpoint = checkpoints.newestVerified().orElse(null);
        if (checkpoint == null) {
            trainable.parametersChanged();
            MetricsLog metrics = MetricsLog.start(file);
            metrics.append(new MetricsLine(0, Map.of(MetricsLine.VALIDATION_LOSS, trainable.validationLoss())));
            return metrics;
        }
        requireSameTraining(checkpoint);
        trainable.parameters().read(checkpoint.file(WEIGHTS_FILE_NAME));
        optimizer.read(checkpoint.file(OPTIMIZER_FILE_NAME));
        trainable.parametersChanged();
        long update = checkpoint.state().update();
        context.log("resuming '%s' after update %d of %d".formatted(plan.stage(), update, plan.updates()));
        context.progress(update, plan.updates(), "updates");
        return MetricsLog.resume(file, update);
    }

    private void requireSameTraining(Checkpoint checkpoint) {
        CheckpointState state = checkpoint.state();
        String expected = context.order().key().value();
        if (!state.configurationHash().equals(expected)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot resume from '%s': expected configuration %s, found %s. Move the folder away to train from the start."
                            .formatted(checkpoint.folder(), expected, state.configurationHash()));
        }
        if (!state.environment().equals(new TreeMap<>(plan.environment()))) {
            context.log("the checkpoint was made under %s, this run is under %s: its last bits may differ"
                    .formatted(state.environment(), plan.environment()));
        }
    }

    private MetricsLine update(long update) {
        long start = System.nanoTime();
        optimizer.clearGradients();
        BatchMeasure batch = trainable.addGradients(update);
        double norm = optimizer.gradientNorm();
        FiniteNumbers.require(plan.stage(), update, batch, norm, trainable.parameters());
        double rate = schedule.at(update);
        double scale = GradientNorm.clipScale(norm, plan.optimizer().clipNorm());
        optimizer.update(update, rate, scale);
        trainable.parametersChanged();
        double seconds = (System.nanoTime() - start) / 1e9;
        Map<String, Double> figures = new HashMap<>(batch.figures());
        figures.put(MetricsLine.LOSS, batch.loss());
        figures.put("gradient-norm", norm);
        figures.put("learning-rate", rate);
        figures.put("tokens-per-second", batch.tokens() / seconds);
        figures.put("flops-per-second", batch.flops() / seconds);
        figures.put(MetricsLine.SECONDS_PER_UPDATE, seconds);
        return new MetricsLine(update, figures);
    }

    private MetricsLine withValidation(MetricsLine line) {
        Map<String, Double> figures = new HashMap<>(line.figures());
        figures.put(MetricsLine.VALIDATION_LOSS, trainable.validationLoss());
        return new MetricsLine(line.update(), figures);
    }

    private void stop(long update, long saved, MetricsLog metrics) {
        if (update > saved) {
            save(update, metrics);
        }
        throw new StopRequestedException(
                "stopped '%s' after update %d of %d".formatted(plan.stage(), update, plan.updates()));
    }

    private void save(long update, MetricsLog metrics) {
        metrics.force();
        TreeMap<String, CheckpointContent> contents = new TreeMap<>();
        contents.put(WEIGHTS_FILE_NAME, file -> trainable.parameters().write(file, Map.of("format", "pt")));
        contents.put(OPTIMIZER_FILE_NAME, optimizer::write);
        CheckpointState state = new CheckpointState(
                CheckpointState.FORMAT_VERSION,
                update,
                update * plan.samplesPerUpdate(),
                plan.seeds(),
                context.order().key().value(),
                plan.codeVersion(),
                plan.environment());
        checkpoints.publish(state, contents);
    }

    private TrainingSummary summary(List<MetricsLine> lines) {
        int updates = plan.updates();
        int share = Math.max(1, (int) (updates * SUMMARY_SHARE));
        return new TrainingSummary(
                plan.stage(),
                updates,
                lines.get(0).figure(MetricsLine.VALIDATION_LOSS),
                lines.get(updates).figure(MetricsLine.VALIDATION_LOSS),
                mean(lines.subList(1, 1 + share), MetricsLine.LOSS),
                mean(lines.subList(updates + 1 - share, updates + 1), MetricsLine.LOSS),
                mean(lines.subList(1, updates + 1), MetricsLine.SECONDS_PER_UPDATE),
                trainable.finalFigures());
    }

    private static double mean(List<MetricsLine> lines, String figure) {
        return lines.stream().mapToDouble(line -> line.figure(figure)).average().orElseThrow();
    }
}
