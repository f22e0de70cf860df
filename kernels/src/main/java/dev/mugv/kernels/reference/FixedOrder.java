package dev.mugv.kernels.reference;

import dev.mugv.kernels.operation.FixedOrderSum;

/** The order of {@link FixedOrderSum}; {@code reduction.cuh} has the same. One instance serves one thread. */
final class FixedOrder {
    /** Addends of a block. */
    static final int BLOCK = 1024;

    private static final int HALF = BLOCK / 2;

    private final double[] open = new double[BLOCK];

    /** Sum of up to a block of addends. */
    double ofBlock(double[] values, int first, int count) {
        System.arraycopy(values, first, open, 0, count);
        for (int i = count; i < BLOCK; i++) {
            open[i] = 0;
        }
        return folded(BLOCK);
    }

    /** Sum of squares of the first, up to a block of, values, each exact in double. */
    double squaresOfBlock(float[] values, int count) {
        if (count == BLOCK) {
            // The first halving in the same loop, which is half the work.
            for (int i = 0; i < HALF; i++) {
                double lower = values[i];
                double upper = values[i + HALF];
                open[i] = lower * lower + upper * upper;
            }
            return folded(HALF);
        }
        for (int i = 0; i < BLOCK; i++) {
            double value = i < count ? values[i] : 0;
            open[i] = value * value;
        }
        return folded(BLOCK);
    }

    /** Sum of as many addends as there are, at least one. */
    double of(double[] values, int count) {
        double[] addends = values;
        int left = count;
        while (left > 1) {
            int blocks = (left + BLOCK - 1) / BLOCK;
            double[] sums = new double[blocks];
            for (int block = 0; block < blocks; block++) {
                sums[block] = ofBlock(addends, block * BLOCK, Math.min(BLOCK, left - block * BLOCK));
            }
            addends = sums;
            left = blocks;
        }
        return addends[0];
    }

    private double folded(int length) {
        for (int half = length / 2; half > 0; half /= 2) {
            fold(open, half);
        }
        return open[0];
    }

    /** By itself, so that the JIT vectorises it. */
    private static void fold(double[] values, int half) {
        for (int i = 0; i < half; i++) {
            values[i] += values[i + half];
        }
    }
}
