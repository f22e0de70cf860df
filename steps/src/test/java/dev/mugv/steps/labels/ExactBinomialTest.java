package dev.mugv.steps.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ExactBinomialTest {
    @Test
    void theIntervalIsTheExactOne() {
        // Clopper and Pearson for 7 of 10, as tables give it.
        ExactBinomial seven = new ExactBinomial(7, 10);
        assertThat(seven.low()).isCloseTo(0.3475, within(1e-4));
        assertThat(seven.high()).isCloseTo(0.9333, within(1e-4));
        // None of n: the upper end solves (1 - p)^n = 0.025.
        assertThat(new ExactBinomial(0, 10).low()).isZero();
        assertThat(new ExactBinomial(0, 10).high()).isCloseTo(1 - Math.pow(0.025, 0.1), within(1e-9));
    }

    @Test
    void theSignTestCountsBothTails() {
        assertThat(new ExactBinomial(10, 10).signTest()).isCloseTo(2 * Math.pow(0.5, 10), within(1e-12));
        assertThat(new ExactBinomial(9, 10).signTest()).isCloseTo(22 / 1024.0, within(1e-12));
        assertThat(new ExactBinomial(5, 10).signTest()).isCloseTo(1, within(1e-12));
    }

    @Test
    void fewerThanSixTrialsCanShowNothing() {
        assertThat(new ExactBinomial(5, 5).isTooFew()).isTrue();
        assertThat(new ExactBinomial(6, 6).isTooFew()).isFalse();
        assertThat(new ExactBinomial(6, 6).showsDifference()).isTrue();
        assertThat(new ExactBinomial(5, 6).showsDifference()).isFalse();
    }

    @Test
    void noTrialsSayNothing() {
        ExactBinomial none = new ExactBinomial(0, 0);
        assertThat(none.share()).isNaN();
        assertThat(none.low()).isZero();
        assertThat(none.high()).isOne();
        assertThat(none.signTest()).isOne();
        assertThat(none.isTooFew()).isTrue();
    }
}
