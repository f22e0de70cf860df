package dev.mugv.kernels;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.OptionalInt;

/**
 * Global gradient norm and the factor that clips it, over flat buckets.
 *
 * <p>Sums in double and in one fixed order (eight interleaved partial sums, added pairwise), so that the norm has the same
 * bits on every run. The squares of finite floats cannot overflow a double: a norm that is not finite means an element that
 * is not finite.
 */
public final class GradientNorm {
    private static final int CHUNK = 2048;
    private static final int LANES = 8;
    /** Keeps a zero norm from dividing by zero, as {@code torch.nn.utils.clip_grad_norm_} does. */
    private static final double CLIP_EPSILON = 1e-6;

    private GradientNorm() {}

    /** Euclidean norm of all elements of all buckets; not finite as soon as one element is not. */
    public static double of(List<FloatBuffer> gradients) {
        double sum = 0;
        for (FloatBuffer gradient : gradients) {
            sum += squareSum(gradient, 0, gradient.limit());
        }
        return Math.sqrt(sum);
    }

    /** Sum of squares of the elements from {@code start} on. */
    public static double squareSum(FloatBuffer values, int start, int length) {
        float[] chunk = new float[CHUNK];
        double[] lanes = new double[LANES];
        for (int done = 0; done < length; done += CHUNK) {
            int count = Math.min(CHUNK, length - done);
            values.get(start + done, chunk, 0, count);
            int whole = count - count % LANES;
            for (int i = 0; i < whole; i += LANES) {
                for (int lane = 0; lane < LANES; lane++) {
                    double value = chunk[i + lane];
                    lanes[lane] += value * value;
                }
            }
            for (int i = whole; i < count; i++) {
                double value = chunk[i];
                lanes[i - whole] += value * value;
            }
        }
        return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    }

    /** Factor on every gradient that brings the global norm down to {@code largest}; 1 when it is below already. */
    public static double clipScale(double norm, double largest) {
        return Math.min(1, largest / (norm + CLIP_EPSILON));
    }

    /** Index of the first element that is NaN or infinite. */
    public static OptionalInt firstNonFinite(FloatBuffer values, int start, int length) {
        for (int i = start; i < start + length; i++) {
            if (!Float.isFinite(values.get(i))) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }
}
