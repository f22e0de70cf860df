package dev.mugv.steps.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.PreferenceLabels;
import dev.mugv.model.format.PreferenceLabels.Absolute;
import dev.mugv.model.format.PreferenceLabels.Pair;
import dev.mugv.model.format.PreferenceLabels.Verdict;
import dev.mugv.model.format.PreferenceSamples;
import dev.mugv.model.format.PreferenceSamples.Sample;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabellingRuleTest {
    private static final VideoShape SHAPE = new VideoShape(64, 64, 16, 8);

    private final LabellingRule rule = LabellingRule.standard();

    @Test
    void prefersTheSmootherOfTwoSamplesWithTheSameConditioning() {
        assertThat(label(sample("a-1", "a", 0.90, 1, 0.5), sample("a-2", "a", 0.95, 1, 0.5))
                        .pairs())
                .containsExactly(new Pair("rule-a-1-a-2", "a-2", "a-1"));
    }

    @Test
    void comparesNoSamplesOfDifferentConditioning() {
        assertThat(label(sample("a-1", "a", 0.90, 1, 0.5), sample("b-1", "b", 0.95, 1, 0.5))
                        .pairs())
                .isEmpty();
    }

    @Test
    void doesNotRewardStandingStill() {
        assertThat(label(sample("a-1", "a", 0.90, 1, 0.5), sample("a-2", "a", 0.99, 0.2, 0.5))
                        .pairs())
                .isEmpty();
        assertThat(label(sample("a-1", "a", 0.90, 1, 0.5), sample("a-2", "a", 0.99, 0.25, 0.5))
                        .pairs())
                .hasSize(1);
    }

    @Test
    void leavesEquallySmoothSamplesUnlabelled() {
        assertThat(label(sample("a-1", "a", 0.9, 1, 0.5), sample("a-2", "a", 0.9, 1, 0.5))
                        .pairs())
                .isEmpty();
    }

    @Test
    void passesTheCalmerHalf() {
        assertThat(label(
                                sample("a-1", "a", 0.9, 1, 0.7),
                                sample("a-2", "a", 0.9, 1, 0.4),
                                sample("b-1", "b", 0.9, 1, 0.6),
                                sample("b-2", "b", 0.9, 1, 0.5))
                        .absolutes())
                .containsExactly(
                        new Absolute("rule-a-1", "a-1", Verdict.PASS),
                        new Absolute("rule-a-2", "a-2", Verdict.FAIL),
                        new Absolute("rule-b-1", "b-1", Verdict.PASS),
                        new Absolute("rule-b-2", "b-2", Verdict.FAIL));
    }

    @Test
    void givesLabelsThatSurviveTheirOwnFile() {
        PreferenceLabels labels = label(sample("a-1", "a", 0.9, 1, 0.7), sample("a-2", "a", 0.8, 1, 0.4));

        assertThat(PreferenceLabels.parse(labels.csv())).isEqualTo(labels);
    }

    @Test
    void labelsShardsTogether() {
        PreferenceLabels labels = rule.label(List.of(
                new PreferenceSamples(List.of(sample("a-1", "a", 0.9, 1, 0.7))),
                new PreferenceSamples(List.of(sample("a-2", "a", 0.8, 1, 0.4)))));

        assertThat(labels.pairs()).containsExactly(new Pair("rule-a-1-a-2", "a-1", "a-2"));
    }

    @Test
    void namesTheSampleAndTheMeasureThatIsMissing() {
        Sample bare = new Sample("a-1", "a", 0, "a bridge", 1, SHAPE, Map.of("motion", 1.0), "sample.a-1");

        assertThatThrownBy(() -> label(bare))
                .hasMessage("Cannot label sample 'a-1': expected the measure 'temporal-flicker', found [motion]. "
                        + "Delete the samples to have them made again.");
    }

    @Test
    void saysThatNoPersonJudged() {
        assertThat(rule.sentence())
                .isEqualTo("Automatic rule, no person's judgement: of two samples with the same conditioning the "
                        + "smoother one is preferred unless it moves less than 25 % as fast as the other, and a sample "
                        + "passes when it is at least as calm as the median sample.");
    }

    private PreferenceLabels label(Sample... samples) {
        return rule.label(List.of(new PreferenceSamples(List.of(samples))));
    }

    private static Sample sample(String id, String clip, double smoothness, double motion, double calmness) {
        return new Sample(
                id,
                clip,
                0,
                "a bridge",
                1,
                SHAPE,
                Map.of("motion-smoothness", smoothness, "motion", motion, "temporal-flicker", calmness),
                "sample." + id);
    }
}
