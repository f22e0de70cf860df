package dev.mugv.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdamWTest {
    /** More than two chunks, and no multiple of a vector's width. */
    private static final int SIZE = 4999;

    private static final AdamW.HyperParameters HYPER = new AdamW.HyperParameters(0.9, 0.999, 1e-8);
    private static final double LEARNING_RATE = 0.01;

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1})
    void followsADoublePrecisionOracle(double decay) {
        FloatBuffer parameter = direct("parameter");
        double[] expected = doubles(parameter);
        double[] m = new double[SIZE];
        double[] v = new double[SIZE];
        FloatBuffer gradient = zeros();
        AdamW.Tensor tensor = new AdamW.Tensor(parameter, gradient, zeros(), zeros());
        AdamW optimizer = new AdamW(HYPER);
        for (int update = 1; update <= 20; update++) {
            CounterNoise.of(1, "gradient", update).fillGaussian(gradient);
            optimizer.update(tensor, new AdamW.Step(update, LEARNING_RATE, 0.5), decay);
            for (int i = 0; i < SIZE; i++) {
                double g = gradient.get(i) * 0.5;
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.999 * v[i] + 0.001 * g * g;
                double corrected = m[i] / (1 - Math.pow(0.9, update));
                double root = Math.sqrt(v[i] / (1 - Math.pow(0.999, update)));
                expected[i] *= 1 - LEARNING_RATE * decay;
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
    void keepsPaddingOfZerosAtZero() {
        AdamW.Tensor tensor = new AdamW.Tensor(zeros(), zeros(), zeros(), zeros());
        new AdamW(HYPER).update(tensor, new AdamW.Step(1, LEARNING_RATE, 1), 0.1);
        assertThat(tensor.parameter()).isEqualTo(zeros());
        assertThat(tensor.secondMoment()).isEqualTo(zeros());
    }

    @Test
    void goesOnFromSavedMomentsWithTheSameBits() {
        FloatBuffer gradient = zeros();
        AdamW.Tensor whole = new AdamW.Tensor(direct("parameter"), gradient, zeros(), zeros());
        AdamW.Tensor resumed = new AdamW.Tensor(direct("parameter"), gradient, zeros(), zeros());
        AdamW uninterrupted = new AdamW(HYPER);
        for (int update = 1; update <= 6; update++) {
            AdamW.Step step = new AdamW.Step(update, LEARNING_RATE, 1);
            CounterNoise.of(1, "gradient", update).fillGaussian(gradient);
            uninterrupted.update(whole, step, 0.1);
            // A new optimizer each time, as after a restart.
            new AdamW(HYPER).update(resumed, step, 0.1);
        }
        assertThat(resumed.parameter()).isEqualTo(whole.parameter());
    }

    @Test
    void refusesBuffersOfAnotherSize() {
        assertThatThrownBy(() -> new AdamW.Tensor(zeros(), FloatBuffer.allocate(3), zeros(), zeros()))
                .hasMessageContaining("gradient 3");
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
