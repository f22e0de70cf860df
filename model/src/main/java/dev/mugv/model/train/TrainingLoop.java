package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.kernels.GradientNorm;
import dev.mugv.model.checkpoint.Checkpoint;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.format.TrainingEvent;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.parallel.GradientSum;
import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.parallel.TrainingGroups;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The loop of every training: validation, updates (gradients, guards, clipping, AdamW), metrics, checkpoints, validation
 * again. Goes on from the newest verified checkpoint in the task's durable folder; a run that was killed and resumed ends
 * with the same bits as one that was not.
 */
public final class TrainingLoop implements AutoCloseable {
    /** The group of a checkpoint's tensors that are the weights. */
    public static final String WEIGHTS = "model";

    /** That of their averages, where a training keeps any. */
    static final String AVERAGES = "averages";

    private static final double SUMMARY_SHARE = 0.1;

    private final TaskContext context;
    private final TrainingPlan plan;
    private final Trainable trainable;
    private final TrainingGroups groups;
    private final Ranks ranks;
    private final GradientSum sum;
    private final OptimizerState optimizer;
    private final Optional<WeightAverages> averages;
    private final LearningRateSchedule schedule;
    private double savingSeconds;
    private final TrainingSaves saves;
    private final TrainingWatch watch;
    private final Validations validations;
    private TrainingPosition position = TrainingPosition.START;

    /**
     * A training of one rank.
     *
     * @param scope outlives the loop
     */
    public TrainingLoop(TaskContext context, TrainingPlan plan, Trainable trainable, NDManager scope) {
        this(context, plan, trainable, TrainingGroups.alone(), scope);
    }

    /**
     * One rank's part of a training.
     *
     * @param groups the ranks that train together; the leader writes metrics for all, checkpoints are written by all
     * @param scope outlives the loop
     */
    public TrainingLoop(
            TaskContext context, TrainingPlan plan, Trainable trainable, TrainingGroups groups, NDManager scope) {
        this.context = context;
        this.plan = plan.on(groups.layout());
        this.trainable = trainable;
        this.groups = groups;
        this.ranks = groups.all();
        this.sum = new GradientSum(trainable.parameters(), groups, trainable.held()::counts);
        this.optimizer = new OptimizerState(
                scope, trainable.parameters(), plan.optimizer(), sum, trainable.held(), trainable.rateFactors());
        this.averages = plan.averaging()
                .map(each -> new WeightAverages(scope, trainable.parameters(), each, sum, trainable.held()));
        this.schedule = new LearningRateSchedule(plan.optimizer(), plan.updates());
        TrainingPeers peers = TrainingPeers.of(ranks, context);
        this.saves = new TrainingSaves(
                context,
                this.plan,
                new TrainingSaves.Trained(trainable, optimizer, carried(), groups.mode()),
                peers.rank());
        this.watch = new TrainingWatch(context, this.plan, peers, saves.store().events());
        this.validations = new Validations(
                context, this.plan, trainable, ranks, saves.store().events());
        trainable.bookTime(watch.split());
    }

    /**
     * Trains to the end, publishes the last checkpoint and copies {@code metrics.jsonl} to the task's output.
     *
     * @return what the leader writes; empty on other ranks
     * @throws StopRequestedException after a checkpoint, when a stop was asked for
     * @throws WorkFailure of kind {@link FailureKind#DIVERGED} when a number is not finite, or too many updates stand out; {@link
     *     FailureKind#DISK_FULL} when a checkpoint found no room
     */
    public Optional<TrainingSummary> run() {
        requireSameRanks();
        try (MetricsRecord metrics = resume()) {
            long begun = position.update();
            long saved = begun;
            watch.begin();
            while (!isAtEnd()) {
                if (isStopRequested()) {
                    stop(saved, metrics);
                }
                if (saves.store().isSettled()) {
                    saves.store().settle();
                }
                if (!update(metrics)) {
                    saved = position.update();
                    continue;
                }
                long update = position.update();
                if (update == begun + 1) {
                    // Now that gradients and optimizer have what they need, so that this takes no more than is left.
                    saves.prepare();
                }
                if (update % plan.retention().every() == 0 || isAtEnd()) {
                    save(metrics);
                    watch.rankStragglers(update);
                    saved = update;
                }
                if (speaks()) {
                    context.progress(update, plan.updates(), "updates");
                }
            }
            saves.store().settle();
            metrics.force();
            if (speaks() && position.update() < plan.updates()) {
                // A rule ended the stage: nothing is left to be done of what was planned.
                context.progress(position.update(), position.update(), "updates");
            }
            Map<String, Double> last = groups.samples().leads() ? trainable.finalFigures() : Map.of();
            if (!ranks.leads()) {
                return Optional.empty();
            }
            metrics.copyTo(context.pendingOutput().resolve(MetricsLine.FILE_NAME));
            validations.copyTo(context.pendingOutput());
            return Optional.of(summary(metrics.lines(), last));
        } catch (StopRequestedException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            watch.failed(e, position.update() + 1, trainable.parameters());
            throw e;
        }
    }

    /** What goes on beside weights and moments. */
    private SortedMap<String, CarriedState> carried() {
        TreeMap<String, CarriedState> carried = new TreeMap<>(trainable.carried());
        averages.ifPresent(each -> carried.put(AVERAGES, each));
        return carried;
    }

    /** Updates made by now; at the end those of the stage, which a rule may have ended before the last one planned. */
    private int updates() {
        return Math.toIntExact(position.update());
    }

    private boolean isAtEnd() {
        return position.update() >= plan.updates() || validations.haveEnded();
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
        return saves.store().updates().stream()
                .filter(update -> update % plan.retention().every() == 0 || update == position.update())
                .map(saves.store()::verified)
                .toList();
    }

    @Override
    public void close() {
        validations.close();
        saves.close();
        averages.ifPresent(WeightAverages::close);
        optimizer.close();
    }

    private MetricsRecord resume() {
        Path file = context.durableFolder().resolve(MetricsLine.FILE_NAME);
        Checkpoint checkpoint = saves.loadNewest(Long.MAX_VALUE).orElse(null);
        if (checkpoint == null) {
            trainable.parametersChanged();
            averages.ifPresent(WeightAverages::begin);
            MetricsRecord metrics = ranks.leads() ? MetricsRecord.of(MetricsLog.start(file)) : MetricsRecord.none(-1);
            validations.resume(TrainingPosition.START.update() - 1);
            metrics.append(new MetricsLine(0, validations.measure(0)));
            return metrics;
        }
        position = saves.position(checkpoint);
        watch.guard().restore(checkpoint.state().guard());
        long update = position.update();
        validations.resume(update);
        saves.store()
                .events()
                .record(
                        TrainingEvent.Kind.RESUMED,
                        update,
                        "resuming '%s' after update %d of %d".formatted(plan.stage(), update, plan.updates()));
        if (!ranks.leads()) {
            return MetricsRecord.none(update);
        }
        context.progress(update, plan.updates(), "updates");
        return MetricsRecord.of(MetricsLog.resume(file, update));
    }

    /** One update; false when the training went back instead. */
    private boolean update(MetricsRecord metrics) {
        TrainingPosition next = position.next();
        long start = System.nanoTime();
        optimizer.clearGradients();
        BatchMeasure batch = trainable.addGradients(next.batch(), sum);
        watch.split().measure(TimeSplit.Part.COMMUNICATION, sum::finish);
        double norm = norm();
        watch.requireFinite(next, batch, norm, () -> FiniteNumbers.firstBad(trainable.parameters(), sum));
        double rate = schedule.at(next.update());
        double scale = GradientNorm.clipScale(norm, plan.optimizer().clipNorm());
        SpikeGuard.Judgement judgement = watch.guard().judge(batch.loss(), norm);
        if (judgement.isSpike()) {
            watch.spiked(next, batch, judgement, trainable.parameters());
        }
        if (judgement.action() == SpikeGuard.Action.REWIND && rewind(next, metrics)) {
            return false;
        }
        boolean applied = judgement.action() == SpikeGuard.Action.APPLY || judgement.action() == SpikeGuard.Action.CLIP;
        if (applied) {
            scale = Math.min(scale, GradientNorm.clipScale(norm, judgement.limit()));
            optimizer.update(next.update(), rate, scale);
            watch.split().measure(TimeSplit.Part.COMMUNICATION, sum::gatherWeights);
            trainable.parametersChanged();
            trainable.applied(next.update());
        }
        averages.ifPresent(each -> each.take(next.update()));
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
        if (judgement.isSpike()) {
            figures.put("spike-scale", applied ? scale : 0);
        }
        watch.add(next, batch, judgement, figures);
        watch.bookTime(batch, figures);
        position = next;
        metrics.append(validated(new MetricsLine(next.update(), figures)));
        return true;
    }

    /** The engine's own is quicker, but its order of additions is not that of several ranks. */
    private double norm() {
        return ranks.size() == 1 && groups.mode() == ParallelMode.FAST ? optimizer.gradientNorm() : sum.norm();
    }

    /** Goes back to the last checkpoint of the cadence, if there is one, and leaves out every batch shown since. */
    private boolean rewind(TrainingPosition next, MetricsRecord metrics) {
        long every = plan.retention().every();
        long target = (next.update() - 1) / every * every;
        if (target == 0) {
            return false;
        }
        saves.store().settle();
        Optional<Checkpoint> checkpoint = saves.loadNewest(target);
        if (checkpoint.isEmpty()) {
            return false;
        }
        position = saves.position(checkpoint.get()).fork().withBatch(next.batch());
        watch.guard().rewind(checkpoint.get().state().guard());
        // In this order: a checkpoint whose metrics are gone could not be resumed from.
        saves.store().removeAfter(position.update());
        metrics.cutBack(position.update());
        validations.resume(position.update());
        saves.store()
                .events()
                .record(
                        TrainingEvent.Kind.REWOUND,
                        position.update(),
                        "went back from update %d to %d; batches up to %d are left out"
                                .formatted(next.update(), position.update(), next.batch()));
        return true;
    }

    private MetricsLine validated(MetricsLine line) {
        boolean due = plan.validateEvery() > 0 && line.update() % plan.validateEvery() == 0;
        if (!due && line.update() != plan.updates()) {
            return line;
        }
        Map<String, Double> figures = new HashMap<>(line.figures());
        figures.putAll(validations.measure(line.update()));
        return new MetricsLine(line.update(), figures);
    }

    private void stop(long saved, MetricsRecord metrics) {
        long update = position.update();
        if (update > saved) {
            save(metrics);
        }
        saves.store().settle();
        throw new StopRequestedException(
                "stopped '%s' after update %d of %d".formatted(plan.stage(), update, plan.updates()));
    }

    private void save(MetricsRecord metrics) {
        long start = System.nanoTime();
        watch.split().measure(TimeSplit.Part.CHECKPOINT, () -> {
            Optional<Double> validation = metrics.lastLine()
                    .flatMap(line -> Optional.ofNullable(line.figures().get(MetricsLine.VALIDATION_LOSS)));
            saves.save(position, validation, watch.guard().state(), () -> {
                metrics.force();
                validations.force();
            });
        });
        savingSeconds += (System.nanoTime() - start) / 1e9;
    }

    private TrainingSummary summary(List<MetricsLine> lines, Map<String, Double> last) {
        int updates = updates();
        int share = Math.max(1, (int) (updates * SUMMARY_SHARE));
        return new TrainingSummary(
                plan.stage(),
                updates,
                lines.get(0).figure(MetricsLine.VALIDATION_LOSS),
                lines.get(updates).figure(MetricsLine.VALIDATION_LOSS),
                mean(lines.subList(1, 1 + share), MetricsLine.LOSS),
                mean(lines.subList(updates + 1 - share, updates + 1), MetricsLine.LOSS),
                mean(lines.subList(1, updates + 1), MetricsLine.SECONDS_PER_UPDATE),
                further(lines.subList(1, updates + 1), last));
    }

    /** The stage's own figures, and means over all updates of what tells how well the machine was used. */
    private Map<String, Double> further(List<MetricsLine> lines, Map<String, Double> last) {
        Map<String, Double> figures = new HashMap<>(last);
        figures.putAll(validations.figures());
        List<String> names = new ArrayList<>(List.of("tokens-per-second", "mfu"));
        for (TimeSplit.Part part : TimeSplit.Part.values()) {
            names.add(part.figure());
        }
        for (String name : names) {
            if (lines.stream().allMatch(line -> line.figures().containsKey(name))) {
                figures.put(name, mean(lines, name));
            }
        }
        return figures;
    }

    private static double mean(List<MetricsLine> lines, String figure) {
        return lines.stream().mapToDouble(line -> line.figure(figure)).average().orElseThrow();
    }
}
