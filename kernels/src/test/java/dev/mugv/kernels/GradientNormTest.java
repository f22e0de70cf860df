package dev.mugv.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class GradientNormTest {
    @Test
    void sumsOverAllBuckets() {
        float[] values = new float[5003];
        CounterNoise.of(2, "gradient").fillGaussian(values);
        double square = 0;
        for (float value : values) {
            square += (double) value * value;
        }
        // Both sums are in double; only their order differs.
        assertThat(GradientNorm.of(List.of(FloatBuffer.wrap(values), FloatBuffer.wrap(new float[] {3, 4}))))
                .isCloseTo(Math.sqrt(square + 25), within(1e-10));
    }

    @Test
    void isNotFiniteAsSoonAsOneElementIsNot() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            FloatBuffer gradient = FloatBuffer.allocate(3000);
            gradient.put(2999, bad);
            assertThat(Double.isFinite(GradientNorm.of(List.of(gradient)))).isFalse();
            assertThat(GradientNorm.firstNonFinite(gradient, 0, 3000)).hasValue(2999);
            assertThat(GradientNorm.firstNonFinite(gradient, 0, 2999)).isEmpty();
        }
    }

    @Test
    void staysFiniteForTheLargestFloats() {
        FloatBuffer gradient = FloatBuffer.allocate(3000);
        for (int i = 0; i < 3000; i++) {
            gradient.put(i, Float.MAX_VALUE);
        }
        assertThat(GradientNorm.of(List.of(gradient))).isFinite();
    }

    @Test
    void clippingBringsTheNormDownToTheLimitAndNeverUp() {
        assertThat(GradientNorm.clipScale(0.5, 1)).isEqualTo(1);
        assertThat(GradientNorm.clipScale(0, 1)).isEqualTo(1);
        assertThat(4 * GradientNorm.clipScale(4, 1)).isCloseTo(1, within(1e-6));
    }
}
