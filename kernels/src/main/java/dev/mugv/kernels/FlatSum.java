package dev.mugv.kernels;

import java.nio.FloatBuffer;

/** Element-wise sums of flat buffers: one rounding an element, so the bits depend on the values alone. */
public final class FlatSum {
    /** Elements copied into arrays at a time: loops over arrays are vectorised by the JIT, loops over buffers are not. */
    private static final int CHUNK = 4096;

    private FlatSum() {}

    /** {@code sum[i] = sum[i] + other[i]} for all elements between position 0 and the limit of both. */
    public static void add(FloatBuffer sum, FloatBuffer other) {
        if (sum.limit() != other.limit()) {
            throw new IllegalArgumentException(
                    "expected buffers of one length, found " + sum.limit() + " and " + other.limit());
        }
        float[] left = new float[CHUNK];
        float[] right = new float[CHUNK];
        for (int at = 0; at < sum.limit(); at += CHUNK) {
            int count = Math.min(CHUNK, sum.limit() - at);
            sum.get(at, left, 0, count);
            other.get(at, right, 0, count);
            for (int i = 0; i < count; i++) {
                left[i] += right[i];
            }
            sum.put(at, left, 0, count);
        }
    }
}
