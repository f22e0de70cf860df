package dev.mugv.kernels.collective;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.List;

/**
 * Sums of several runs of elements, each element from the first run to the last: the bits depend on nothing but the values and
 * their order. The result may be written over one of the runs.
 */
final class OrderedSum {
    /** Elements copied into arrays at a time: loops over arrays are vectorised by the JIT, loops over buffers are not. */
    private static final int CHUNK = 2048;

    private OrderedSum() {}

    /** {@code result[i] = ((parts[0][i] + parts[1][i]) + parts[2][i]) + ...}. */
    static void of(List<Elements> parts, Elements result) {
        parts.forEach(part -> result.requireLike(part, result.count()));
        switch (result.type()) {
            case FP32 -> floats(parts.stream().map(Elements::floats).toList(), result.floats());
            case FP64 -> doubles(parts.stream().map(Elements::doubles).toList(), result.doubles());
            case BF16 -> bfloats(parts.stream().map(Elements::shorts).toList(), result.shorts());
            case INT64 -> longs(parts.stream().map(Elements::longs).toList(), result.longs());
        }
    }

    private static void floats(List<FloatBuffer> parts, FloatBuffer result) {
        float[] sum = new float[CHUNK];
        float[] next = new float[CHUNK];
        for (int at = 0; at < result.limit(); at += CHUNK) {
            int count = Math.min(CHUNK, result.limit() - at);
            parts.get(0).get(at, sum, 0, count);
            for (FloatBuffer part : parts.subList(1, parts.size())) {
                part.get(at, next, 0, count);
                for (int i = 0; i < count; i++) {
                    sum[i] += next[i];
                }
            }
            result.put(at, sum, 0, count);
        }
    }

    private static void doubles(List<DoubleBuffer> parts, DoubleBuffer result) {
        double[] sum = new double[CHUNK];
        double[] next = new double[CHUNK];
        for (int at = 0; at < result.limit(); at += CHUNK) {
            int count = Math.min(CHUNK, result.limit() - at);
            parts.get(0).get(at, sum, 0, count);
            for (DoubleBuffer part : parts.subList(1, parts.size())) {
                part.get(at, next, 0, count);
                for (int i = 0; i < count; i++) {
                    sum[i] += next[i];
                }
            }
            result.put(at, sum, 0, count);
        }
    }

    private static void longs(List<LongBuffer> parts, LongBuffer result) {
        for (int i = 0; i < result.limit(); i++) {
            long sum = 0;
            for (LongBuffer part : parts) {
                sum += part.get(i);
            }
            result.put(i, sum);
        }
    }

    private static void bfloats(List<ShortBuffer> parts, ShortBuffer result) {
        float[] sum = new float[CHUNK];
        short[] next = new short[CHUNK];
        for (int at = 0; at < result.limit(); at += CHUNK) {
            int count = Math.min(CHUNK, result.limit() - at);
            java.util.Arrays.fill(sum, 0, count, -0f);
            for (ShortBuffer part : parts) {
                part.get(at, next, 0, count);
                for (int i = 0; i < count; i++) {
                    sum[i] += Float.intBitsToFloat(next[i] << 16);
                }
            }
            for (int i = 0; i < count; i++) {
                next[i] = rounded(sum[i]);
            }
            result.put(at, next, 0, count);
        }
    }

    /** Nearest bf16, ties to even; what is not a number stays so. */
    private static short rounded(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x40);
        }
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }
}
