package dev.mugv.model.golden;

/**
 * How far a tensor is from the published one.
 *
 * @param tensor what was compared
 * @param error relative L2 error {@code ||a - b|| / ||b||}; NaN where a value is not a number
 * @param tolerance largest error that is accepted
 */
public record TensorError(String tensor, double error, double tolerance) {
    /** fp32 against fp32 on another BLAS, for outputs and activations. */
    public static final double OUTPUT_TOLERANCE = 1e-5;

    /** The same for gradients, which sum over more terms. */
    public static final double GRADIENT_TOLERANCE = 1e-4;

    /** Whether the tensor is close enough; NaN never is. */
    public boolean isAccepted() {
        return error <= tolerance;
    }

    /**
     * Compares an output or an activation.
     *
     * @throws IllegalArgumentException if the numbers of values differ
     */
    static TensorError ofOutput(String tensor, float[] actual, float[] expected) {
        return new TensorError(tensor, relative(actual, expected), OUTPUT_TOLERANCE);
    }

    /** Compares a gradient. */
    static TensorError ofGradient(String tensor, float[] actual, float[] expected) {
        return new TensorError(tensor, relative(actual, expected), GRADIENT_TOLERANCE);
    }

    /** A comparison that a tensor fails however its values are, for example by its shape. */
    static TensorError refused(String reason) {
        return new TensorError(reason, Double.NaN, OUTPUT_TOLERANCE);
    }

    /** Relative L2 error; absolute where all expected values are zero. */
    public static double relative(float[] actual, float[] expected) {
        if (actual.length != expected.length) {
            throw new IllegalArgumentException(
                    "expected %d values, found %d".formatted(expected.length, actual.length));
        }
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < actual.length; i++) {
            difference += ((double) actual[i] - expected[i]) * ((double) actual[i] - expected[i]);
            norm += (double) expected[i] * expected[i];
        }
        return norm == 0 ? Math.sqrt(difference) : Math.sqrt(difference / norm);
    }
}
