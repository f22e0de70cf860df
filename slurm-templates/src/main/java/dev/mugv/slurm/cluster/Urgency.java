package dev.mugv.slurm.cluster;

/** Why a round is wanted before its usual time. */
public enum Urgency {
    /** Something was submitted or stopped: a few rounds at once. */
    ACTION,
    /** Something has changed or is about to: one round, as soon as the pace allows. */
    CHANGE
}
