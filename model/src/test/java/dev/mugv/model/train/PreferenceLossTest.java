package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class PreferenceLossTest {
    private static final double[] DELTA = {0.3, -0.2, 0.05, -0.4};

    @Test
    void directPreferenceIsLogTwoWhereModelAndReferenceAgree() {
        assertThat(new PreferenceLoss.DirectPreference(50).of(new double[4]).loss())
                .isCloseTo(Math.log(2), within(1e-15));
    }

    @Test
    void directPreferenceFollowsItsFormula() {
        double beta = 3;
        double first = -beta / 2 * (DELTA[0] - DELTA[2]);
        double second = -beta / 2 * (DELTA[1] - DELTA[3]);
        double expected = -(Math.log(1 / (1 + Math.exp(-first))) + Math.log(1 / (1 + Math.exp(-second)))) / 2;
        assertThat(new PreferenceLoss.DirectPreference(beta).of(DELTA).loss()).isCloseTo(expected, within(1e-12));
    }

    @Test
    void kahnemanTverskyFollowsItsFormula() {
        double beta = 3;
        double reference = 0;
        for (double delta : DELTA) {
            reference += -beta * delta / 4;
        }
        reference = Math.max(0, reference);
        double expected = 0;
        for (int b = 0; b < 4; b++) {
            double sign = b % 2 == 0 ? 1 : -1;
            expected -= 1 / (1 + Math.exp(-sign * (-beta * DELTA[b] - reference))) / 4;
        }
        assertThat(new PreferenceLoss.KahnemanTversky(beta).of(DELTA).loss()).isCloseTo(expected, within(1e-12));
    }

    @Test
    void derivativesAgreeWithFiniteDifferences() {
        // Deltas whose mean reward is negative: the reference point of KTO stays 0 and carries no gradient anyway.
        double[] delta = {0.5, 0.2, 0.3, 0.1};
        for (PreferenceLoss loss :
                List.of(new PreferenceLoss.DirectPreference(4), new PreferenceLoss.KahnemanTversky(4))) {
            double[] gradient = loss.of(delta).gradient_B();
            for (int b = 0; b < delta.length; b++) {
                double[] above = delta.clone();
                double[] below = delta.clone();
                above[b] += 1e-6;
                below[b] -= 1e-6;
                double numeric = (loss.of(above).loss() - loss.of(below).loss()) / 2e-6;
                assertThat(gradient[b]).as("%s, sample %d", loss, b).isCloseTo(numeric, within(1e-8));
            }
        }
    }

    @Test
    void noGradientGoesThroughTheReferencePoint() {
        // All rewards positive and equal: every sample is at the reference point, where the slope is beta / 4 a sample.
        double[] gradient =
                new PreferenceLoss.KahnemanTversky(4).of(new double[] {-1, -1}).gradient_B();
        assertThat(gradient).containsExactly(new double[] {0.25 * 4 / 2, -0.25 * 4 / 2}, within(1e-15));
    }

    @Test
    void extremeDeltasStayFinite() {
        for (PreferenceLoss loss :
                List.of(new PreferenceLoss.DirectPreference(1e6), new PreferenceLoss.KahnemanTversky(1e6))) {
            for (double[] delta : List.of(new double[] {9, -9}, new double[] {-9, 9})) {
                assertThat(loss.of(delta).loss()).isFinite();
                assertThat(loss.of(delta).gradient_B()).doesNotContain(Double.NaN);
            }
        }
    }
}
