package dev.mugv.model.sampling;

import dev.mugv.kernels.CounterNoise;

/**
 * An order of samples for every epoch, in which any place can be asked for at any time and nothing is held in memory: a Feistel
 * network over the least even number of bits that numbers them all, walked until it stays below their number. A pure function of
 * (seed, epoch, place).
 */
final class EpochOrder {
    private static final String PURPOSE = "epoch-order";
    private static final int ROUNDS = 6;

    private final long seed;
    private final long samples;
    private final int halfBits;

    EpochOrder(long seed, long samples) {
        if (samples < 1) {
            throw new IllegalArgumentException("expected samples to put in order, found " + samples);
        }
        this.seed = seed;
        this.samples = samples;
        int bits = Math.max(2, Long.SIZE - Long.numberOfLeadingZeros(samples - 1));
        this.halfBits = (bits + 1) / 2;
    }

    long samples() {
        return samples;
    }

    /** The sample at a place in the order of all epochs one after the other; every sample once in each. */
    long sample(long place) {
        long epoch = Math.floorDiv(place, samples);
        long value = Math.floorMod(place, samples);
        do {
            value = permuted(epoch, value);
        } while (value >= samples);
        return value;
    }

    private long permuted(long epoch, long value) {
        long mask = (1L << halfBits) - 1;
        long left = value >>> halfBits;
        long right = value & mask;
        for (int round = 0; round < ROUNDS; round++) {
            double drawn = CounterNoise.of(seed, PURPOSE, epoch, round).uniform(right);
            long mixed = left ^ ((long) (drawn * (mask + 1)) & mask);
            left = right;
            right = mixed;
        }
        return left << halfBits | right;
    }
}
