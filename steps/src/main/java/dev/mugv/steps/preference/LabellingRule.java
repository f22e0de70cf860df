package dev.mugv.steps.preference;

import dev.mugv.model.format.PreferenceLabels;
import dev.mugv.model.format.PreferenceLabels.Absolute;
import dev.mugv.model.format.PreferenceLabels.Pair;
import dev.mugv.model.format.PreferenceLabels.Verdict;
import dev.mugv.model.format.PreferenceSamples;
import dev.mugv.model.format.PreferenceSamples.Sample;
import dev.mugv.model.format.SampleMeasure;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The automatic rule that labels samples by their published measures: a pure function, so that the same samples always get
 * the same labels. It stands in for people where none have labelled, and {@link #sentence()} says so wherever its labels
 * are shown.
 *
 * @param minMotionShare a smoother sample is preferred only if it moves at least this share as fast as the other: without
 *     it, the smoothest sample would be the one that stands still
 */
public record LabellingRule(double minMotionShare) {
    private static final double DEFAULT_MIN_MOTION_SHARE = 0.25;

    public LabellingRule {
        if (!(minMotionShare >= 0 && minMotionShare <= 1)) {
            throw new IllegalArgumentException("minMotionShare: expected 0 to 1, found " + minMotionShare);
        }
    }

    /** The rule that a run without imported labels uses. */
    public static LabellingRule standard() {
        return new LabellingRule(DEFAULT_MIN_MOTION_SHARE);
    }

    /** The rule in one sentence, for reports and terminals. */
    public String sentence() {
        return String.format(
                Locale.ROOT,
                "Automatic rule, no person's judgement: of two samples with the same conditioning the smoother one is "
                        + "preferred unless it moves less than %.0f %% as fast as the other, and a sample passes when it "
                        + "is at least as calm as the median sample.",
                100 * minMotionShare);
    }

    /**
     * Labels every pair of samples with the same conditioning, and every sample.
     *
     * @param shards samples that are labelled together, in a fixed order
     * @throws WorkFailure of kind {@link FailureKind#CORRUPT} if a sample lacks a measure
     */
    public PreferenceLabels label(List<PreferenceSamples> shards) {
        List<Sample> samples =
                shards.stream().flatMap(s -> s.samples().stream()).toList();
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < samples.size(); i++) {
            for (int j = i + 1; j < samples.size(); j++) {
                if (samples.get(i).hasSameConditioning(samples.get(j))) {
                    addPair(samples.get(i), samples.get(j), pairs);
                }
            }
        }
        return new PreferenceLabels(pairs, absolutes(samples));
    }

    private void addPair(Sample one, Sample other, List<Pair> pairs) {
        double difference =
                measure(one, SampleMeasure.MOTION_SMOOTHNESS) - measure(other, SampleMeasure.MOTION_SMOOTHNESS);
        Sample smoother = difference > 0 ? one : other;
        Sample rougher = difference > 0 ? other : one;
        boolean moves =
                measure(smoother, SampleMeasure.MOTION) >= minMotionShare * measure(rougher, SampleMeasure.MOTION);
        if (difference != 0 && moves) {
            pairs.add(new Pair(
                    "rule-" + one.sampleId() + "-" + other.sampleId(), smoother.sampleId(), rougher.sampleId()));
        }
    }

    private static List<Absolute> absolutes(List<Sample> samples) {
        if (samples.isEmpty()) {
            return List.of();
        }
        double[] calmness = samples.stream()
                .mapToDouble(s -> measure(s, SampleMeasure.TEMPORAL_FLICKER))
                .sorted()
                .toArray();
        // The upper one of two middle values: at least the lower half fails wherever the values differ there.
        double median = calmness[calmness.length / 2];
        return samples.stream()
                .map(s -> new Absolute(
                        "rule-" + s.sampleId(),
                        s.sampleId(),
                        measure(s, SampleMeasure.TEMPORAL_FLICKER) >= median ? Verdict.PASS : Verdict.FAIL))
                .toList();
    }

    private static double measure(Sample sample, SampleMeasure measure) {
        Double value = sample.measures().get(measure.label());
        if (value == null) {
            throw new WorkFailure(
                    FailureKind.CORRUPT,
                    "Cannot label sample '%s': expected the measure '%s', found %s. Delete the samples to have them made again."
                            .formatted(
                                    sample.sampleId(),
                                    measure.label(),
                                    sample.measures().keySet()));
        }
        return value;
    }
}
