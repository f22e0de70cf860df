package dev.mugv.kernels.memory;

/** Conversions between fp32 and bf16, bit for bit those of the CUDA kernels ({@code portable.cuh}, {@code optimizer.cuh}). */
public final class Bf16 {
    private static final int MAGNITUDE = 0x7FFFFFFF;
    private static final int INFINITE = 0x7F800000;
    /** From here on rounding up would overflow: the largest finite bf16 number. */
    private static final int LARGEST = 0x7F7F0000;

    private static final int QUIET = 0x40;

    private Bf16() {}

    /** Exact. */
    public static float widen(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** To the nearest, ties to even; NaN stays NaN. */
    public static short nearest(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & MAGNITUDE) > INFINITE) {
            return (short) (bits >>> 16 | QUIET);
        }
        return (short) ((bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16);
    }

    /**
     * Up or down by chance, so that the mean over all chances is the value itself; to the nearest where it is not finite or
     * would become so.
     *
     * @param random16 16 random bits
     */
    public static short stochastic(float value, int random16) {
        int bits = Float.floatToRawIntBits(value);
        return (bits & MAGNITUDE) >= LARGEST ? nearest(value) : (short) ((bits + random16) >>> 16);
    }
}
