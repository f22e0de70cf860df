package dev.mugv.model.train;

import dev.mugv.model.checkpoint.EventLog;
import dev.mugv.model.format.TrainingEvent;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ParameterSet;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Looks after a training: numbers that are not finite, updates that stand out, ranks that lag behind, where the time goes, and how
 * much of the device is used. What it decides, all ranks decide alike.
 */
final class TrainingWatch {
    /** How much longer than the middle one a rank must take to be called slow. */
    private static final double SLOW = 1.2;

    private final TaskContext context;
    private final TrainingPlan plan;
    private final TrainingPeers peers;
    private final EventLog events;
    private final SpikeGuard guard;
    private final BlackBox blackBox;
    private final TimeSplit split = new TimeSplit();
    private final Optional<Double> peakFlops;
    private double[] busySeconds = {0};
    private double[] lastBusySeconds = {0};

    TrainingWatch(TaskContext context, TrainingPlan plan, TrainingPeers peers, EventLog events) {
        this.context = context;
        this.plan = plan;
        this.peers = peers;
        this.events = events;
        this.guard = new SpikeGuard(plan.optimizer().spikes());
        this.blackBox = new BlackBox(context, peers.rank().number());
        this.peakFlops = context.order().conduct().peakTflops().map(peak -> peak * 1e12);
    }

    SpikeGuard guard() {
        return guard;
    }

    TimeSplit split() {
        return split;
    }

    /** To be called before the first update: what was before counts for none. */
    void begin() {
        split.lap();
    }

    /**
     * Asks all ranks whether their numbers are finite, before any of them applies the update; how long each computed is told along.
     *
     * @param bad says where it began, asked on all ranks when something is not finite
     * @throws WorkFailure of kind {@link FailureKind#DIVERGED} on all ranks, naming the first bad tensor where it is
     */
    void requireFinite(TrainingPosition next, BatchMeasure batch, double norm, Supplier<String> bad) {
        boolean finite = Double.isFinite(batch.loss()) && Double.isFinite(norm);
        double busy = split.seconds(TimeSplit.Part.COMPUTE) + split.seconds(TimeSplit.Part.DATA);
        double[][] all = split.measure(TimeSplit.Part.COMMUNICATION, () -> peers.gather(finite ? 1 : 0, busy));
        if (!finite) {
            add(
                    next,
                    batch,
                    new SpikeGuard.Judgement(SpikeGuard.Action.GIVE_UP, 0, "not finite"),
                    Map.of("loss", batch.loss(), "gradient-norm", norm));
            FiniteNumbers.require(plan.stage(), next.update(), batch, norm, bad);
        }
        lastBusySeconds = new double[all.length];
        for (int rank = 0; rank < all.length; rank++) {
            if (all[rank][0] == 0) {
                throw new WorkFailure(
                        FailureKind.DIVERGED,
                        "Cannot go on training '%s': rank %d found numbers that are not finite at update %d. See that rank's record; the checkpoint before this update is kept."
                                .formatted(plan.stage(), rank, next.update()));
            }
            lastBusySeconds[rank] = all[rank][1];
        }
    }

    /** Records a spike and keeps the evidence. */
    void spiked(TrainingPosition next, BatchMeasure batch, SpikeGuard.Judgement judgement, ParameterSet parameters) {
        String message = "update %d of '%s' stands out: %s; samples %s: %s"
                .formatted(
                        next.update(),
                        plan.stage(),
                        judgement.reason(),
                        String.join(", ", batch.sampleIds()),
                        judgement.action());
        add(next, batch, judgement, Map.of("loss", batch.loss()));
        blackBox.write(message, next.update(), parameters);
        if (judgement.action() == SpikeGuard.Action.GIVE_UP) {
            throw new WorkFailure(
                    FailureKind.DIVERGED,
                    "Cannot go on training '%s': too many updates stand out, the last is %d: %s. Lower the learning rate or look at samples %s; the checkpoint before is kept."
                            .formatted(
                                    plan.stage(),
                                    next.update(),
                                    judgement.reason(),
                                    String.join(", ", batch.sampleIds())));
        }
        events.record(TrainingEvent.Kind.SPIKE, next.update(), message);
    }

    /** Keeps an update for the black box and adds to its figures where its time went. */
    void add(TrainingPosition next, BatchMeasure batch, SpikeGuard.Judgement judgement, Map<String, Double> figures) {
        blackBox.add(
                next.update(),
                next.batch(),
                batch.sampleIds(),
                figures,
                judgement.action().name());
    }

    /** Adds to an update's figures where the time since the last one went, and how much of the device was used. */
    void bookTime(BatchMeasure batch, Map<String, Double> figures) {
        int own = peers.rank().number();
        double slowest = Arrays.stream(lastBusySeconds).max().orElse(0);
        // What a rank waits for slower ones at its first collective looks like communication.
        split.move(TimeSplit.Part.COMMUNICATION, TimeSplit.Part.IDLE, slowest - lastBusySeconds[own]);
        Map<TimeSplit.Part, Double> seconds = split.lap();
        double sum = seconds.values().stream().mapToDouble(Double::doubleValue).sum();
        seconds.forEach((part, value) -> figures.put(part.figure(), sum > 0 ? value / sum : 0));
        // The batch is that of all ranks, the peak one rank's.
        peakFlops.ifPresent(peak ->
                figures.put("mfu", batch.flops() / sum / peak / peers.rank().size()));
        if (lastBusySeconds.length > 1) {
            figures.put(
                    "idle-share-most",
                    slowest > 0 ? 1 - Arrays.stream(lastBusySeconds).min().orElse(0) / slowest : 0);
            if (busySeconds.length != lastBusySeconds.length) {
                busySeconds = new double[lastBusySeconds.length];
            }
            for (int rank = 0; rank < busySeconds.length; rank++) {
                busySeconds[rank] += lastBusySeconds[rank];
            }
        }
    }

    /** Ranks by the time they needed since the last call, slowest first; an event where the slowest lags far behind. */
    void rankStragglers(long update) {
        if (busySeconds.length < 2) {
            return;
        }
        StragglerRanking ranking = StragglerRanking.of(busySeconds);
        Arrays.fill(busySeconds, 0);
        if (ranking.slowestOverMedian() > SLOW) {
            events.record(
                    TrainingEvent.Kind.STRAGGLER,
                    update,
                    ranking.words(peers.rank().nodes()));
        } else if (peers.rank().leads()) {
            context.log(ranking.words(peers.rank().nodes()));
        }
    }

    /** Keeps what is known when a training ends by a failure. */
    void failed(Throwable cause, long update, ParameterSet parameters) {
        String message = cause instanceof WorkFailure failure ? failure.text() : cause.toString();
        blackBox.write(message, update, parameters);
        events.record(TrainingEvent.Kind.FAILED, update, message);
    }
}
