package dev.mugv.kernels.operation;

/**
 * Rows of attention.
 *
 * @param samples of the batch
 * @param tokens of every sample
 * @param heads of every token
 * @param width of a head: pairs of three axes, so a multiple of 6, at most 126
 */
public record HeadGrid(int samples, int tokens, int heads, int width) {
    private static final int WIDEST = 126;
    private static final int PAIR_OF_THREE_AXES = 6;

    public HeadGrid {
        Requirement.positive("samples", samples);
        Requirement.positive("tokens", tokens);
        Requirement.positive("heads", heads);
        if (width < PAIR_OF_THREE_AXES || width > WIDEST || width % PAIR_OF_THREE_AXES != 0) {
            throw new IllegalArgumentException(
                    "width of a head: expected a multiple of 6 up to %d, found %d".formatted(WIDEST, width));
        }
    }

    public long rows() {
        return (long) samples * tokens;
    }

    /** Elements of one of queries, keys and values. */
    public long elements() {
        return rows() * heads * width;
    }

    /** Pairs that one axis turns. */
    public int pairsOfAxis() {
        return width / PAIR_OF_THREE_AXES;
    }
}
