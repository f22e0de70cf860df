package dev.mugv.model.vae;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import java.nio.FloatBuffer;

/** Weights of an untrained VideoVAE, every element a function of seed, name and index. */
final class VaeInitialisation {
    /** Published initial value of the scalar {@link VaeParameters#LOG_VARIANCE}. */
    private static final float LOG_VARIANCE = 4;

    private VaeInitialisation() {}

    /**
     * Draws all parameters of a set: norms are the identity, biases and shift zero, convolutions uniform with the variance
     * 1 / fan-in, and the last convolution of every residual block small, so that each net starts near a plain chain of
     * resampling and its gradient reaches the first layer.
     */
    static void draw(ParameterSet parameters, long seed) {
        for (ParameterShape parameter : parameters.shapes()) {
            FloatBuffer values = parameters.values(parameter.name());
            if (parameter.shape().dimension() < 2 || parameter.name().equals(VaeParameters.SHIFT)) {
                fill(values, constant(parameter.name()));
            } else if (parameter.name().equals(VaeParameters.SCALE)) {
                fill(values, 1);
            } else {
                uniform(values, bound(parameter), CounterNoise.of(seed, "vae-weights", counter(parameter)));
            }
        }
    }

    private static long counter(ParameterShape parameter) {
        return CounterNoise.counter(parameter.name());
    }

    private static double bound(ParameterShape parameter) {
        double fanIn = (double) parameter.size() / parameter.shape().get(0);
        boolean lastOfBlock =
                parameter.name().contains("res") && parameter.name().contains(".conv2.")
                        || parameter.name().contains("upsample_block.conv2.");
        return Math.sqrt(3 / fanIn) * (lastOfBlock ? 0.1 : 1);
    }

    private static float constant(String name) {
        if (name.equals(VaeParameters.LOG_VARIANCE)) {
            return LOG_VARIANCE;
        }
        return name.contains("norm") && name.endsWith("weight") ? 1 : 0;
    }

    private static void uniform(FloatBuffer values, double bound, CounterNoise noise) {
        for (int i = 0, n = values.remaining(); i < n; i++) {
            values.put(i, (float) (bound * (2 * noise.uniform(i) - 1)));
        }
    }

    private static void fill(FloatBuffer values, float value) {
        while (values.hasRemaining()) {
            values.put(value);
        }
    }
}
