package dev.mugv.kernels.operation;

/**
 * Rows of activations.
 *
 * @param samples of the batch
 * @param tokens of every sample
 * @param width of a row
 */
public record TokenGrid(int samples, int tokens, int width) {
    public TokenGrid {
        Requirement.positive("samples", samples);
        Requirement.positive("tokens", tokens);
        Requirement.positive("width", width);
    }

    public long rows() {
        return (long) samples * tokens;
    }

    /** Elements of all rows. */
    public long elements() {
        return rows() * width;
    }
}
