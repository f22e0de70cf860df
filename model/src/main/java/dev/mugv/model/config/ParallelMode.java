package dev.mugv.model.config;

/** What the ranks of a training may differ in from one rank. */
public enum ParallelMode {
    /**
     * Nothing: every sample is computed by itself, and gradients are added in one tree over the samples of an update, so that any
     * power of two of ranks gives the same bits.
     */
    EXACT,
    /** The order of additions: samples of one shape are computed together, and ranks add what they have. */
    FAST
}
