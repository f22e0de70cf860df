package dev.mugv.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdamWTest {
    /** More than two chunks, and no multiple of a vector's width. */
    private static final int SIZE = 4999;

    private static final AdamW.HyperParameters HYPER = new AdamW.HyperParameters(0.9, 0.999, 1e-8);
    private static final double LEARNING_RATE = 0.01;
    private static final double DECAY = 0.1;

    @Test
    void followsADoublePrecisionOracle() {
        FloatBuffer parameter = direct("parameter");
        double[] expected = doubles(parameter);
        double[] m = new double[SIZE];
        double[] v = new double[SIZE];
        AdamW optimizer = new AdamW(
                HYPER,
                List.of(new AdamW.Slice(0, 3000, DECAY), new AdamW.Slice(3000, SIZE - 3000, 0)),
                zeros(),
                zeros());
        for (int update = 1; update <= 20; update++) {
            FloatBuffer gradient = direct("gradient-" + update);
            optimizer.update(parameter, gradient, new AdamW.Step(update, LEARNING_RATE, 0.5));
            for (int i = 0; i < SIZE; i++) {
                double g = gradient.get(i) * 0.5;
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.999 * v[i] + 0.001 * g * g;
                double corrected = m[i] / (1 - Math.pow(0.9, update));
                double root = Math.sqrt(v[i] / (1 - Math.pow(0.999, update)));
                expected[i] *= 1 - LEARNING_RATE * (i < 3000 ? DECAY : 0);
                expected[i] -= LEARNING_RATE * corrected / (root + 1e-8);
            }
        }
        double worst = 0;
        for (int i = 0; i < SIZE; i++) {
            worst = Math.max(worst, Math.abs(parameter.get(i) - expected[i]));
        }
        // 20 updates of at most 0.01 in fp32 around values of up to 4: 20 roundings of 2.4e-7 each.
        assertThat(worst).isLessThanOrEqualTo(5e-6);
    }

    @Test
    void leavesElementsOutsideItsSlicesAlone() {
        FloatBuffer parameter = direct("parameter");
        double[] before = doubles(parameter);
        AdamW optimizer = new AdamW(HYPER, List.of(new AdamW.Slice(10, 5, DECAY)), zeros(), zeros());
        optimizer.update(parameter, direct("gradient"), new AdamW.Step(1, LEARNING_RATE, 1));
        for (int i = 0; i < SIZE; i++) {
            assertThat(parameter.get(i) == before[i])
                    .as("element %d unchanged", i)
                    .isEqualTo(i < 10 || i >= 15);
        }
    }

    @Test
    void goesOnFromSavedMomentsWithTheSameBits() {
        FloatBuffer whole = direct("parameter");
        AdamW uninterrupted = new AdamW(HYPER, everything(), zeros(), zeros());
        FloatBuffer resumed = direct("parameter");
        FloatBuffer firstMoment = zeros();
        FloatBuffer secondMoment = zeros();
        for (int update = 1; update <= 6; update++) {
            AdamW.Step step = new AdamW.Step(update, LEARNING_RATE, 1);
            uninterrupted.update(whole, direct("gradient-" + update), step);
            // A new optimizer each time, as after a restart.
            new AdamW(HYPER, everything(), firstMoment, secondMoment)
                    .update(resumed, direct("gradient-" + update), step);
        }
        assertThat(resumed).isEqualTo(whole);
    }

    @Test
    void refusesBuffersOfAnotherSize() {
        AdamW optimizer = new AdamW(HYPER, everything(), zeros(), zeros());
        assertThatThrownBy(() -> optimizer.update(zeros(), FloatBuffer.allocate(3), new AdamW.Step(1, 0.1, 1)))
                .hasMessageContaining("gradients 3");
        assertThatThrownBy(() -> new AdamW(HYPER, List.of(new AdamW.Slice(0, SIZE + 1, 0)), zeros(), zeros()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<AdamW.Slice> everything() {
        return List.of(new AdamW.Slice(0, SIZE, DECAY));
    }

    private static double[] doubles(FloatBuffer values) {
        double[] copy = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            copy[i] = values.get(i);
        }
        return copy;
    }

    private static FloatBuffer zeros() {
        return ByteBuffer.allocateDirect(SIZE * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    private static FloatBuffer direct(String purpose) {
        FloatBuffer values = zeros();
        CounterNoise.of(1, purpose).fillGaussian(values);
        return values;
    }
}
