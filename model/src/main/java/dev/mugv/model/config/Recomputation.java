package dev.mugv.model.config;

/** What of a forward pass the way back works out once more instead of having kept it. Gradients have the same bits either way. */
public enum Recomputation {
    /** Nothing: the quickest. */
    NONE,
    /** What costs neither a product of matrices nor attention to have again: norms, modulation, rotation, activations. */
    SELECTIVE,
    /** Whole blocks: only their inputs are kept. */
    BLOCK
}
