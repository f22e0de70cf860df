package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.kernels.GradientNorm;
import dev.mugv.model.checkpoint.Checkpoint;
import dev.mugv.model.checkpoint.CheckpointContent;
import dev.mugv.model.checkpoint.CheckpointState;
import dev.mugv.model.checkpoint.CheckpointStore;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.parallel.GradientSum;
import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final Ranks ranks;
    private final GradientSum sum;
    private final OptimizerState optimizer;
    private final LearningRateSchedule schedule;
    private final CheckpointStore checkpoints;
    private double savingSeconds;

    /**
     * A training of one rank.
     *
     * @param scope outlives the loop
     */
    public TrainingLoop(TaskContext context, TrainingPlan plan, Trainable trainable, NDManager scope) {
        this(context, plan, trainable, Ranks.alone(), scope);
    }

    /**
     * One rank's part of a training.
     *
     * @param ranks that train together; the leader writes for all
     * @param scope outlives the loop
     */
    public TrainingLoop(TaskContext context, TrainingPlan plan, Trainable trainable, Ranks ranks, NDManager scope) {
        this.context = context;
        this.plan = plan;
        this.trainable = trainable;
        this.ranks = ranks;
        this.sum = new GradientSum(trainable.parameters(), ranks);
        this.optimizer = new OptimizerState(scope, trainable.parameters(), plan.optimizer(), sum);
        this.schedule = new LearningRateSchedule(plan.optimizer(), plan.updates());
        this.checkpoints = new CheckpointStore(context, plan.retention());
    }

    /**
     * Trains to the end, publishes the last checkpoint and copies {@code metrics.jsonl} to the task's output.
     *
     * @return what the leader writes; empty on other ranks
     * @throws StopRequestedException after a checkpoint, when a stop was asked for
     * @throws WorkFailure of kind {@link FailureKind#DIVERGED} when a number is not finite
     */
    public Optional<TrainingSummary> run() {
        requireSameRanks();
        try (MetricsRecord metrics = resume()) {
            long saved = metrics.lastUpdate();
            for (long update = saved + 1; update <= plan.updates(); update++) {
                if (isStopRequested()) {
                    stop(update - 1, saved, metrics);
                }
                MetricsLine line = update(update);
                metrics.append(update == plan.updates() ? withValidation(line) : line);
                if (update % plan.retention().every() == 0 || update == plan.updates()) {
                    save(update, metrics);
                    saved = update;
                }
                if (speaks()) {
                    context.progress(update, plan.updates(), "updates");
                }
            }
            metrics.force();
            if (!ranks.leads()) {
                return Optional.empty();
            }
            metrics.copyTo(context.pendingOutput().resolve(MetricsLine.FILE_NAME));
            return Optional.of(summary(metrics.lines()));
        }
    }

    /** Of ranks that are threads of one process one alone tells how far it is. */
    private boolean speaks() {
        return ranks.leads() || !context.rank().isAlone();
    }

    private void requireSameRanks() {
        if (ranks.size() > 1) {
            TreeMap<String, String> facts = new TreeMap<>(plan.environment());
            facts.put("order", context.order().key().value());
            facts.put("code", plan.codeVersion());
            ranks.requireSame(facts);
        }
    }

    /** By any rank, so that all leave after the same update. */
    private boolean isStopRequested() {
        return ranks.sums(new double[] {context.isStopRequested() ? 1 : 0})[0] > 0;
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

    private MetricsRecord resume() {
        Path file = context.durableFolder().resolve(MetricsLine.FILE_NAME);
        Optional<Checkpoint> checkpoint = newestVerified();
        if (checkpoint.isEmpty()) {
            trainable.parametersChanged();
            MetricsRecord metrics = ranks.leads() ? MetricsRecord.of(MetricsLog.start(file)) : MetricsRecord.none(-1);
            metrics.append(new MetricsLine(0, Map.of(MetricsLine.VALIDATION_LOSS, trainable.validationLoss())));
            return metrics;
        }
        requireSameTraining(checkpoint.get());
        trainable.parameters().read(checkpoint.get().file(WEIGHTS_FILE_NAME));
        optimizer.read(checkpoint.get().file(OPTIMIZER_FILE_NAME));
        trainable.parametersChanged();
        long update = checkpoint.get().state().update();
        if (!ranks.leads()) {
            return MetricsRecord.none(update);
        }
        context.log("resuming '%s' after update %d of %d".formatted(plan.stage(), update, plan.updates()));
        context.progress(update, plan.updates(), "updates");
        return MetricsRecord.of(MetricsLog.resume(file, update));
    }

    /** The leader chooses; all ranks read, and verify what they read. */
    private Optional<Checkpoint> newestVerified() {
        if (ranks.size() == 1) {
            return checkpoints.newestVerified();
        }
        Optional<Checkpoint> own = ranks.leads() ? checkpoints.newestVerified() : Optional.empty();
        long update = ranks.ofLeader(
                own.map(checkpoint -> checkpoint.state().update()).orElse(-1L));
        return update < 0 || ranks.leads() ? own : Optional.of(checkpoints.verified(update));
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
        if (ranks.leads() && !state.environment().equals(new TreeMap<>(plan.environment()))) {
            context.log("the checkpoint was made under %s, this run is under %s: its last bits may differ"
                    .formatted(state.environment(), plan.environment()));
        }
    }

    private MetricsLine update(long update) {
        long start = System.nanoTime();
        optimizer.clearGradients();
        BatchMeasure batch = trainable.addGradients(update, sum);
        sum.finish();
        double norm = norm();
        FiniteNumbers.require(
                plan.stage(), update, batch, norm, () -> FiniteNumbers.firstBad(trainable.parameters(), sum));
        double rate = schedule.at(update);
        double scale = GradientNorm.clipScale(norm, plan.optimizer().clipNorm());
        optimizer.update(update, rate, scale);
        sum.gatherWeights();
        trainable.parametersChanged();
        double seconds = (System.nanoTime() - start) / 1e9;
        Map<String, Double> figures = new HashMap<>(batch.figures());
        figures.put(MetricsLine.LOSS, batch.loss());
        figures.put("gradient-norm", norm);
        figures.put("learning-rate", rate);
        figures.put("tokens-per-second", batch.tokens() / seconds);
        figures.put("flops-per-second", batch.flops() / seconds);
        figures.put(MetricsLine.SECONDS_PER_UPDATE, seconds);
        if (savingSeconds > 0) {
            figures.put(MetricsLine.SAVING_SECONDS, savingSeconds);
            savingSeconds = 0;
        }
        return new MetricsLine(update, figures);
    }

    /** The engine's own is quicker, but its order of additions is not that of several ranks. */
    private double norm() {
        return ranks.size() == 1 && ranks.mode() == ParallelMode.FAST ? optimizer.gradientNorm() : sum.norm();
    }

    private MetricsLine withValidation(MetricsLine line) {
        Map<String, Double> figures = new HashMap<>(line.figures());
        figures.put(MetricsLine.VALIDATION_LOSS, trainable.validationLoss());
        return new MetricsLine(line.update(), figures);
    }

    private void stop(long update, long saved, MetricsRecord metrics) {
        if (update > saved) {
            save(update, metrics);
        }
        throw new StopRequestedException(
                "stopped '%s' after update %d of %d".formatted(plan.stage(), update, plan.updates()));
    }

    private void save(long update, MetricsRecord metrics) {
        long start = System.nanoTime();
        metrics.force();
        Optional<OptimizerState.Whole> moments = optimizer.gather();
        if (moments.isEmpty()) {
            return;
        }
        try (OptimizerState.Whole whole = moments.get()) {
            TreeMap<String, CheckpointContent> contents = new TreeMap<>();
            contents.put(WEIGHTS_FILE_NAME, file -> trainable.parameters().write(file, Map.of("format", "pt")));
            contents.put(OPTIMIZER_FILE_NAME, whole::write);
            CheckpointState state = new CheckpointState(
                    CheckpointState.FORMAT_VERSION,
                    update,
                    update * plan.samplesPerUpdate(),
                    plan.seeds(),
                    context.order().key().value(),
                    plan.codeVersion(),
                    plan.environment());
            checkpoints.publish(state, contents);
            savingSeconds += (System.nanoTime() - start) / 1e9;
        }
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
