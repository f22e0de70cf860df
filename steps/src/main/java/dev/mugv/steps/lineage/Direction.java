package dev.mugv.steps.lineage;

/** Which way edges are followed. */
public enum Direction {
    /** To what it was made from. */
    UP,
    /** To what was made from it. */
    DOWN
}
