/**
 * The operations in plain Java: what every other implementation is held to, and what computes optimizer and noising on a processor.
 *
 * <p>Activations are computed in double from what is stored, and rounded once, at the end; in fp64 throughout, so that
 * derivatives can be checked by differences. Optimizer, noising, sums and hashes have the kernels' own arithmetic, for equal bits.
 * Start at {@link dev.mugv.kernels.reference.ReferenceDevice}.
 */
@NullMarked
package dev.mugv.kernels.reference;

import org.jspecify.annotations.NullMarked;
