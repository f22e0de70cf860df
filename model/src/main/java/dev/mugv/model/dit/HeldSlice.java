package dev.mugv.model.dit;

import dev.mugv.model.tensor.TensorSlice;

/**
 * Consecutive elements of a rank's part of a parameter, and which these are of the whole.
 *
 * @param slice of the whole
 * @param first index of the first element in the part
 */
public record HeldSlice(TensorSlice slice, long first) {}
