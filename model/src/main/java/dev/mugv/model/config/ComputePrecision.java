package dev.mugv.model.config;

/**
 * In what the matrix products and the attention of the transformer's blocks are computed. Parameters are kept and updated in
 * fp32 either way, and so is everything else: residual stream, norms, modulation, embedders, final layer, loss, optimizer.
 */
public enum ComputePrecision {
    /** Four bytes a number. */
    FP32,
    /** Two, of fp32's range but with 8 bits of it that count, not 24; quicker where the processor has instructions for it. */
    BF16
}
