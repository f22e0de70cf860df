package dev.mugv.model.train;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.PreferenceTraining;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.flow.TimestepShift;
import dev.mugv.model.format.PreferenceLabels;
import dev.mugv.model.format.PreferenceLabels.Absolute;
import dev.mugv.model.format.PreferenceLabels.Pair;
import dev.mugv.model.format.PreferenceLabels.Verdict;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.util.ArrayList;
import java.util.List;

/**
 * Which labelled samples an update sees, in the order that its {@link PreferenceLoss} expects: for DPO all winners, then
 * their losers at the same timesteps and with the same noise; for KTO passes and fails in turn. A pure function of (seed,
 * update, slot).
 */
final class PreferenceSampler {
    private static final String LABEL = "label-order";
    private static final String TIMESTEP = "preference-timestep";
    private static final String NOISE = "preference-noise";

    private final PreferenceTraining training;
    private final TimestepShift shift;
    private final PreferenceLibrary library;
    private final List<Pair> pairs;
    private final List<Absolute> passes;
    private final List<Absolute> fails;

    /**
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} if labels of the kind that the loss needs are missing
     */
    PreferenceSampler(
            PreferenceTraining training, VideoShape shape, PreferenceLabels labels, PreferenceLibrary library) {
        this.training = training;
        this.shift = TimestepShift.of(shape);
        this.library = library;
        this.pairs = labels.pairs();
        this.passes = verdict(labels, Verdict.PASS);
        this.fails = verdict(labels, Verdict.FAIL);
        boolean enough = switch (training.loss()) {
            case DPO -> !pairs.isEmpty();
            case KTO -> !passes.isEmpty() && !fails.isEmpty();
        };
        if (!enough) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot train '%s': expected %s, found %d pairs, %d passes and %d fails. Import more labels."
                            .formatted(
                                    training.name(),
                                    training.loss() == PreferenceTraining.Loss.DPO
                                            ? "pairs"
                                            : "passes and fails (each batch holds both)",
                                    pairs.size(),
                                    passes.size(),
                                    fails.size()));
        }
    }

    /** The update's samples. */
    List<FlowSample> samples(long update) {
        return switch (training.loss()) {
            case DPO -> pairSamples(update);
            case KTO -> absoluteSamples(update);
        };
    }

    private List<FlowSample> pairSamples(long update) {
        List<FlowSample> winners = new ArrayList<>();
        List<FlowSample> losers = new ArrayList<>();
        for (int slot = 0; slot < training.batch(); slot++) {
            Pair pair = drawn(pairs, update, slot);
            winners.add(sample(pair.winner(), update, slot));
            losers.add(sample(pair.loser(), update, slot));
        }
        winners.addAll(losers);
        return winners;
    }

    private List<FlowSample> absoluteSamples(long update) {
        List<FlowSample> samples = new ArrayList<>();
        for (int slot = 0; slot < training.batch(); slot++) {
            Absolute label = drawn(slot % 2 == 0 ? passes : fails, update, slot);
            samples.add(sample(label.sample(), update, slot));
        }
        return samples;
    }

    private FlowSample sample(String sampleId, long update, int slot) {
        double gaussian =
                CounterNoise.of(training.seed(), TIMESTEP, update, slot).gaussian(0);
        return library.sample(
                sampleId,
                FlowMatching.timestep(gaussian, shift),
                CounterNoise.of(training.seed(), NOISE, update, slot));
    }

    private <T> T drawn(List<T> labels, long update, int slot) {
        return labels.get(CounterNoise.of(training.seed(), LABEL, update, slot).below(labels.size(), 0));
    }

    private static List<Absolute> verdict(PreferenceLabels labels, Verdict verdict) {
        return labels.absolutes().stream()
                .filter(label -> label.verdict() == verdict)
                .toList();
    }
}
