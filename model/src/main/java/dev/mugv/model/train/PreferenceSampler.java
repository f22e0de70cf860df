package dev.mugv.model.train;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.PreferenceTraining;
import dev.mugv.model.config.PreferenceTraining.Loss;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.flow.TimestepShift;
import dev.mugv.model.format.PreferenceLabels.Absolute;
import dev.mugv.model.format.PreferenceLabels.Pair;
import dev.mugv.model.format.PreferenceLabels.Verdict;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.sampling.AlignmentDraws;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which labelled samples an update sees, in the order that its {@link PreferenceLoss} expects: for DPO all winners, then
 * their losers at the same timesteps and with the same noise, and so for RDPO; for KTO passes and fails in turn. A pure function of (seed,
 * update, slot).
 */
final class PreferenceSampler {
    private static final String TIMESTEP = "preference-timestep";
    private static final String NOISE = "preference-noise";

    private final PreferenceTraining training;
    private final TimestepShift shift;
    private final PreferenceLibrary library;
    private final PreferenceSources sources;
    private final List<Absolute> passes;
    private final List<Absolute> fails;

    /**
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} if labels of the kind that the loss needs are missing
     */
    PreferenceSampler(
            PreferenceTraining training, VideoShape shape, PreferenceSources sources, PreferenceLibrary library) {
        this.training = training;
        this.shift = TimestepShift.of(shape);
        this.library = library;
        this.sources = sources;
        this.passes = sources.absolutes(Verdict.PASS);
        this.fails = sources.absolutes(Verdict.FAIL);
        for (Loss loss : training.losses()) {
            if (!sources.suffice(loss)) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot train '%s': expected %s, found %d pairs, %d passes, %d fails and %d pairs by reverse sampling. %s"
                                .formatted(
                                        training.name(),
                                        expected(loss),
                                        sources.labels().pairs().size(),
                                        passes.size(),
                                        fails.size(),
                                        sources.reversals().size(),
                                        loss == Loss.RDPO ? "Report this." : "Import more labels."));
            }
        }
    }

    private static String expected(Loss loss) {
        return switch (loss) {
            case DPO -> "pairs";
            case KTO -> "passes and fails (each batch holds both)";
            case RDPO -> "pairs by reverse sampling";
        };
    }

    /** Which loss the update's batch is for. */
    Loss loss(long update) {
        return AlignmentDraws.loss(training, update);
    }

    /** The update's samples. */
    List<FlowSample> samples(long update) {
        return samples(update, IntStream.range(0, training.batch()).boxed().toList());
    }

    /** Those of some slots, in the order of the slots asked for. */
    List<FlowSample> samples(long update, List<Integer> slots) {
        Loss loss = loss(update);
        return switch (loss) {
            case DPO, RDPO -> pairSamples(sources.pairs(loss), update, slots);
            case KTO -> absoluteSamples(update, slots);
        };
    }

    /** Places of some slots' samples among those of the whole batch. */
    List<Integer> places(long update, List<Integer> slots) {
        List<Integer> places = new ArrayList<>(slots);
        if (loss(update).isPairwise()) {
            slots.forEach(slot -> places.add(training.batch() + slot));
        }
        return places;
    }

    /** How many samples a batch has. */
    int samplesOfBatch(long update) {
        return loss(update).isPairwise() ? 2 * training.batch() : training.batch();
    }

    /** Identities of all samples of the batch. */
    List<String> ids(long update) {
        List<String> ids = new ArrayList<>();
        List<String> losers = new ArrayList<>();
        for (int slot = 0; slot < training.batch(); slot++) {
            if (loss(update).isPairwise()) {
                Pair pair = drawn(sources.pairs(loss(update)), update, slot);
                ids.add(pair.winner());
                losers.add(pair.loser());
            } else {
                ids.add(drawn(slot % 2 == 0 ? passes : fails, update, slot).sample());
            }
        }
        ids.addAll(losers);
        return ids;
    }

    private List<FlowSample> pairSamples(List<Pair> pairs, long update, List<Integer> slots) {
        List<FlowSample> winners = new ArrayList<>();
        List<FlowSample> losers = new ArrayList<>();
        for (int slot : slots) {
            Pair pair = drawn(pairs, update, slot);
            winners.add(sample(pair.winner(), update, slot));
            losers.add(sample(pair.loser(), update, slot));
        }
        winners.addAll(losers);
        return winners;
    }

    private List<FlowSample> absoluteSamples(long update, List<Integer> slots) {
        List<FlowSample> samples = new ArrayList<>();
        for (int slot : slots) {
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
        return labels.get(AlignmentDraws.label(training, labels.size(), update, slot));
    }
}
