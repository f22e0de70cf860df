package dev.mugv.kernels;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Hash of a named tensor's values that does not depend on how it is cut into parts, in which order these are hashed, or
 * whether its values are kept in fp32 or, exactly, in bf16.
 *
 * <p>Every element is widened to fp32 and gives 128 bits: {@link Philox Philox4x32-10} of the counter (index in the row-major tensor as the lower
 * 64 bits, the fp32 number's bits above them) under the tensor's key. Words 0 and 1 are the upper and lower half of one 64-bit number,
 * words 2 and 3 of another; the hash is the two sums of these over all elements, modulo 2^64. So the hash of a tensor is the
 * sum of its parts' hashes, each computed where the part lies. The bits count, not the number: 0 and -0 differ, NaNs with different
 * payloads too.
 *
 * <p>Tensors that differ by accident share a hash with probability 2^-128. It is no defence against a forger, who could solve
 * for a sum: files have SHA-256.
 *
 * @param high sum of the first numbers
 * @param low sum of the second numbers
 */
public record TensorHash(long high, long low) {
    /** Of no element. */
    public static final TensorHash NOTHING = new TensorHash(0, 0);

    /** The key of a tensor's name: the first 64 bits of its SHA-256. */
    public static long key(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Of one element. */
    public static TensorHash of(long key, long index, float value) {
        int[] words = new int[4];
        Philox.block(index, Float.floatToRawIntBits(value) & 0xFFFFFFFFL, key, words);
        return new TensorHash(joined(words[0], words[1]), joined(words[2], words[3]));
    }

    /** Of both parts together. */
    public TensorHash plus(TensorHash other) {
        return new TensorHash(high + other.high, low + other.low);
    }

    /** 32 hexadecimal digits. */
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(high) + hex.toHexDigits(low);
    }

    private static long joined(int upper, int lower) {
        return (long) upper << 32 | (lower & 0xFFFFFFFFL);
    }
}
