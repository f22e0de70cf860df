package dev.mugv.model.dit;

import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.Recomputation;

/**
 * How a transformer computes; not what.
 *
 * @param precision of the blocks' products
 * @param recomputation what a way back works out once more
 */
public record Computation(ComputePrecision precision, Recomputation recomputation) {
    /** In fp32, everything kept. */
    public static final Computation PLAIN = of(ComputePrecision.FP32);

    /** In this precision, everything kept. */
    public static Computation of(ComputePrecision precision) {
        return new Computation(precision, Recomputation.NONE);
    }
}
