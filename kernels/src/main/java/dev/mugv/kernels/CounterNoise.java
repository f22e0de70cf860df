package dev.mugv.kernels;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Random numbers as a pure function of (seed, purpose, counters, index): value {@code i} can be asked for at any time, in
 * any order, on any machine, and is always the same. A run that was killed and resumed therefore draws the same noise as
 * one that was not.
 *
 * <p>The stream (key and upper half of the counter of {@link Philox}) is the first 128 bits of the SHA-256 of seed, purpose
 * and counters, so that streams of neighbouring updates share nothing; the index is the lower half of the counter. Logarithm
 * and angle functions are those of {@link StrictMath}, whose bits do not depend on the processor. Immutable, thread-safe.
 */
public final class CounterNoise {
    private static final double TWO_POW_MINUS_53 = 0x1.0p-53;
    private static final double TWO_POW_MINUS_32 = 0x1.0p-32;
    private static final int GAUSSIANS_PER_BLOCK = 4;
    /**
     * Relative bound on what the functions of {@link Math} may differ from those of {@link StrictMath} in radius times sine: each of the four
     * is within one unit of the last place, 2^-52, and three roundings follow. Four times that sum.
     */
    private static final double DOUBT = 0x1.0p-48;

    private final long key;
    private final long stream;

    private CounterNoise(long key, long stream) {
        this.key = key;
        this.stream = stream;
    }

    /**
     * The stream of one use of randomness.
     *
     * @param seed the run's seed
     * @param purpose what the numbers are for, for example {@code training-noise}; streams of different purposes are
     *     independent
     * @param counters what the use depends on, for example update and slot of the batch
     */
    public static CounterNoise of(long seed, String purpose, long... counters) {
        byte[] name = purpose.getBytes(StandardCharsets.UTF_8);
        ByteBuffer recipe =
                ByteBuffer.allocate(Long.BYTES + Integer.BYTES + name.length + Long.BYTES * counters.length);
        recipe.putLong(seed).putInt(name.length).put(name);
        for (long counter : counters) {
            recipe.putLong(counter);
        }
        ByteBuffer digest = ByteBuffer.wrap(sha256(recipe.array()));
        return new CounterNoise(digest.getLong(), digest.getLong());
    }

    /** The stream of a {@link #key} and a {@link #stream} that were read from another. */
    public static CounterNoise at(long key, long stream) {
        return new CounterNoise(key, stream);
    }

    /** A counter for {@link #of} made of a name, for example of a sample id. */
    public static long counter(String name) {
        return ByteBuffer.wrap(sha256(name.getBytes(StandardCharsets.UTF_8))).getLong();
    }

    /** The key of the generator, for kernels that draw the same numbers. */
    public long key() {
        return key;
    }

    /** The upper half of the generator's counter, for kernels that draw the same numbers. */
    public long stream() {
        return stream;
    }

    /** A number in the open interval (0, 1), with 53 random bits. */
    public double uniform(long index) {
        int[] words = new int[4];
        Philox.block(index >>> 1, stream, key, words);
        int lane = (int) (index & 1) * 2;
        long bits = (words[lane] & 0xFFFFFFFFL) << 32 | (words[lane + 1] & 0xFFFFFFFFL);
        return ((bits >>> 11) + 0.5) * TWO_POW_MINUS_53;
    }

    /** A whole number from 0 to {@code bound - 1}; {@code bound} is at least 1. */
    public int below(int bound, long index) {
        return (int) Math.min(bound - 1L, (long) (uniform(index) * bound));
    }

    /** A standard normal number; the same as element {@code index} of {@link #fillGaussian(FloatBuffer)}. */
    public float gaussian(long index) {
        float[] values = new float[GAUSSIANS_PER_BLOCK];
        gaussianBlock(index / GAUSSIANS_PER_BLOCK, new int[4], values);
        return values[(int) (index % GAUSSIANS_PER_BLOCK)];
    }

    /** Fills an array with the standard normal numbers of index 0, 1, ... */
    public void fillGaussian(float[] target) {
        fillGaussian(FloatBuffer.wrap(target));
    }

    /** Fills what remains of a buffer with the standard normal numbers of index 0, 1, ...; its position does not move. */
    public void fillGaussian(FloatBuffer target) {
        fillGaussian(target, 0);
    }

    /**
     * The same from a later index on.
     *
     * @param first a multiple of 4
     */
    public void fillGaussian(FloatBuffer target, long first) {
        if (first % GAUSSIANS_PER_BLOCK != 0) {
            throw new IllegalArgumentException("expected a first index that is a multiple of 4, found " + first);
        }
        int[] words = new int[4];
        float[] values = new float[GAUSSIANS_PER_BLOCK];
        int start = target.position();
        int count = target.remaining();
        for (int i = 0; i < count; i += GAUSSIANS_PER_BLOCK) {
            gaussianBlock((first + i) / GAUSSIANS_PER_BLOCK, words, values);
            target.put(start + i, values, 0, Math.min(GAUSSIANS_PER_BLOCK, count - i));
        }
    }

    /**
     * Box-Muller on two pairs of words. The tail ends at 6.66 standard deviations, as radii have 32 random bits.
     *
     * <p>The numbers are those of {@link StrictMath}. Its functions are slow; those of {@link Math}, which the JIT compiles, differ in the
     * last bits of a double, which are cut off here unless the double lies next to a tie between two floats. Then, one time
     * in some millions, StrictMath decides.
     */
    private void gaussianBlock(long block, int[] words, float[] values) {
        Philox.block(block, stream, key, words);
        for (int pair = 0; pair < 2; pair++) {
            double u = ((words[2 * pair] & 0xFFFFFFFFL) + 1) * TWO_POW_MINUS_32;
            double angle = (words[2 * pair + 1] & 0xFFFFFFFFL) * TWO_POW_MINUS_32 * (2 * Math.PI);
            double radius = Math.sqrt(-2 * Math.log(u));
            double cosine = radius * Math.cos(angle);
            double sine = radius * Math.sin(angle);
            if (isInDoubt(cosine) || isInDoubt(sine)) {
                radius = StrictMath.sqrt(-2 * StrictMath.log(u));
                cosine = radius * StrictMath.cos(angle);
                sine = radius * StrictMath.sin(angle);
            }
            values[2 * pair] = (float) cosine;
            values[2 * pair + 1] = (float) sine;
        }
    }

    /**
     * Whether the last bits of a product decide its float. Near zeros of sine and cosine the argument's own rounding is the same for
     * both libraries, so their relative bound holds there, too; u = 1 and angle 0 give zeros, which both do exactly.
     */
    private static boolean isInDoubt(double product) {
        double margin = Math.abs(product) * DOUBT;
        return (float) (product - margin) != (float) (product + margin);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
