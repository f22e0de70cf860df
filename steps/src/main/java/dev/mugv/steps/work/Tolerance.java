package dev.mugv.steps.work;

/** Whether a step may complete without some of its pieces. */
public enum Tolerance {
    /** Every piece must succeed. */
    NONE,
    /** Pieces whose input is bad are reported and left out, as long as one piece succeeds. */
    BAD_INPUT
}
