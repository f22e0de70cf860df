package dev.mugv.kernels.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class Bf16Test {
    @Test
    void everyNumberOfTheFormatIsItself() {
        for (int bits = 0; bits <= 0xFFFF; bits++) {
            float value = Bf16.widen((short) bits);
            if (Float.isNaN(value)) {
                assertThat(Bf16.widen(Bf16.nearest(value))).isNaN();
                assertThat(Bf16.widen(Bf16.stochastic(value, 0xFFFF))).isNaN();
            } else {
                assertThat(Bf16.nearest(value)).isEqualTo((short) bits);
                assertThat(Bf16.stochastic(value, 0xFFFF)).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void tiesGoToEven() {
        // 1 + 2^-8 lies between 1 and 1 + 2^-7, 1 + 3 * 2^-8 between 1 + 2^-7 and 1 + 2^-6.
        assertThat(Bf16.widen(Bf16.nearest(1 + 0x1p-8f))).isEqualTo(1);
        assertThat(Bf16.widen(Bf16.nearest(1 + 3 * 0x1p-8f))).isEqualTo(1 + 0x1p-6f);
        assertThat(Bf16.widen(Bf16.nearest(Float.MAX_VALUE))).isInfinite();
    }

    @Test
    void theMeanOverAllRandomBitsIsTheNumberItself() {
        for (float value : new float[] {1.00123f, -3.7f, 1e-30f, 0.1f}) {
            double mean = 0;
            for (int random = 0; random < 1 << 16; random++) {
                mean += Bf16.widen(Bf16.stochastic(value, random)) / (double) (1 << 16);
            }
            // Of all 2^16 chances exactly as many go up as the cut-off bits say; the sum rounds in double.
            assertThat(mean).isCloseTo(value, within(Math.abs(value) * 1e-9));
        }
    }

    @Test
    void chanceMakesNothingInfinite() {
        float largest = Bf16.widen((short) 0x7F7F);
        assertThat(Bf16.widen(Bf16.stochastic(largest, 0xFFFF))).isEqualTo(largest);
        assertThat(Bf16.widen(Bf16.stochastic(Float.NEGATIVE_INFINITY, 0xFFFF))).isEqualTo(Float.NEGATIVE_INFINITY);
    }
}
