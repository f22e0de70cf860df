package dev.mugv.model.config;

/** What runs the work orders. */
public enum ExecutorKind {
    /** Processes on the controller's own machine. */
    LOCAL,
    /** A Slurm cluster that shares the workspace's storage. */
    SLURM
}
