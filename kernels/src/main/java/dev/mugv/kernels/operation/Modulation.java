package dev.mugv.kernels.operation;

import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;

/**
 * Values that modulate tokens: two rows a sample, for its noisy and for its clean tokens, in this order (mugv.md, section 3.3). A row
 * begins with the vectors that are taken, each as wide as the model, and the next begins a stride later, so that one table can
 * hold the vectors of several operations: a slice of it that begins at the vectors is given here.
 *
 * @param values up to the end of the last row's vectors at least
 * @param clean_R 1 for a token that takes the clean row, else 0, of UINT8
 * @param stride elements from one row to the next
 */
public record Modulation(Elements values, Elements clean_R, int stride) {
    /** Requires rows of so many vectors. */
    void require(TokenGrid grid, int vectors, ElementFormat format) {
        if (stride < vectors * grid.width()) {
            throw new IllegalArgumentException(
                    "modulation: expected rows of %d vectors of %d elements, found a stride of %d"
                            .formatted(vectors, grid.width(), stride));
        }
        requireTable("modulation", values, grid, vectors, format);
        Requirement.of("clean", clean_R, grid.rows(), ElementFormat.UINT8);
    }

    /** Requires the same of a table of gradients, which has the same stride. */
    void requireTable(String name, Elements table, TokenGrid grid, int vectors, ElementFormat format) {
        long needed = (2L * grid.samples() - 1) * stride + (long) vectors * grid.width();
        if (table.count() < needed) {
            throw new IllegalArgumentException(
                    "%s: expected at least %d elements, found %d".formatted(name, needed, table.count()));
        }
        Requirement.format(name, table, format);
    }
}
