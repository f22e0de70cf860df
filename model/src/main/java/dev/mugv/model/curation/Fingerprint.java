package dev.mugv.model.curation;

import dev.mugv.model.media.YuvFrame;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * Descriptor of one picture for near-duplicates: for a grid of 16x9 places whether luma grows to the right and downwards,
 * 288 bits. Blind to scaling, brightness and contrast; a small crop or another compression turns a tenth of the bits, an
 * unrelated picture three tenths and more.
 */
final class Fingerprint {
    static final int BITS = 288;
    private static final int COLUMNS = 16;
    private static final int ROWS = 9;
    private static final int HEX_DIGITS = BITS / 4;

    private final long[] bits;

    private Fingerprint(long[] bits) {
        this.bits = bits;
    }

    static Fingerprint of(YuvFrame frame) {
        double[][] means = new double[ROWS + 1][COLUMNS + 1];
        for (int row = 0; row <= ROWS; row++) {
            for (int column = 0; column <= COLUMNS; column++) {
                means[row][column] = mean(frame, column, row);
            }
        }
        long[] bits = new long[(BITS + 63) / 64];
        int bit = 0;
        for (int row = 0; row < ROWS; row++) {
            for (int column = 0; column < COLUMNS; column++) {
                if (means[row][column + 1] > means[row][column]) {
                    bits[bit >> 6] |= 1L << bit;
                }
                bit++;
                if (means[row + 1][column] > means[row][column]) {
                    bits[bit >> 6] |= 1L << bit;
                }
                bit++;
            }
        }
        return new Fingerprint(bits);
    }

    /** Mean luma of one cell of the grid, pixels at its border by the part that lies in it. */
    private static double mean(YuvFrame frame, int column, int row) {
        double left = column * frame.width() / (COLUMNS + 1.0);
        double right = (column + 1) * frame.width() / (COLUMNS + 1.0);
        double top = row * frame.height() / (ROWS + 1.0);
        double bottom = (row + 1) * frame.height() / (ROWS + 1.0);
        double sum = 0;
        double area = 0;
        for (int y = (int) top; y < Math.min(frame.height(), Math.ceil(bottom)); y++) {
            double rowShare = Math.min(bottom, y + 1) - Math.max(top, y);
            for (int x = (int) left; x < Math.min(frame.width(), Math.ceil(right)); x++) {
                double share = rowShare * (Math.min(right, x + 1) - Math.max(left, x));
                sum += share * (frame.luma()[y * frame.width() + x] & 0xff);
                area += share;
            }
        }
        return sum / Math.max(1e-9, area);
    }

    /** Reads {@link #hex()}. */
    static Fingerprint ofHex(String hex) {
        if (hex.length() != HEX_DIGITS) {
            throw new IllegalArgumentException("expected " + HEX_DIGITS + " digits, found " + hex.length());
        }
        BigInteger value = new BigInteger(hex, 16);
        long[] bits = new long[(BITS + 63) / 64];
        for (int word = 0; word < bits.length; word++) {
            bits[word] = value.shiftRight(64 * word).longValue();
        }
        return new Fingerprint(bits);
    }

    /** All bits as hexadecimal digits. */
    String hex() {
        BigInteger value = BigInteger.ZERO;
        BigInteger word = BigInteger.ONE.shiftLeft(64);
        for (int at = bits.length - 1; at >= 0; at--) {
            value = value.multiply(word).add(new BigInteger(Long.toUnsignedString(bits[at])));
        }
        String digits = value.toString(16);
        return "0".repeat(HEX_DIGITS - digits.length()) + digits;
    }

    /**
     * The fingerprint of the mirrored picture, worked out from the bits: neighbours to the right become neighbours to the left. Of the
     * last column nothing is known downwards, so its neighbour stands for it: 9 of the 288 bits may be wrong.
     */
    Fingerprint mirrored() {
        long[] turned = new long[bits.length];
        for (int row = 0; row < ROWS; row++) {
            for (int column = 0; column < COLUMNS; column++) {
                int to = 2 * (row * COLUMNS + column);
                if (!isSet(2 * (row * COLUMNS + COLUMNS - 1 - column))) {
                    turned[to >> 6] |= 1L << to;
                }
                if (isSet(2 * (row * COLUMNS + Math.min(COLUMNS - 1, COLUMNS - column)) + 1)) {
                    turned[(to + 1) >> 6] |= 1L << (to + 1);
                }
            }
        }
        return new Fingerprint(turned);
    }

    private boolean isSet(int bit) {
        return (bits[bit >> 6] >>> bit & 1) != 0;
    }

    /** Number of bits that differ. */
    int distance(Fingerprint other) {
        int count = 0;
        for (int word = 0; word < bits.length; word++) {
            count += Long.bitCount(bits[word] ^ other.bits[word]);
        }
        return count;
    }

    /** Sixteen bits, one of {@code BITS / 16} groups. */
    int group(int number) {
        return (int) (bits[number / 4] >>> (number % 4 * 16)) & 0xffff;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Fingerprint that && Arrays.equals(bits, that.bits);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bits);
    }
}
