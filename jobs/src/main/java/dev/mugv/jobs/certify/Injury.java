package dev.mugv.jobs.certify;

/** What was done to one attempt itself, and so decides which verdict on it is right. */
enum Injury {
    /** Put back by {@code scontrol requeue}: a further run of the same attempt, which then succeeds. */
    REQUEUED,
    /** A process of it was killed for its memory, and it ended with exit code 0: never success. */
    KILLED_FOR_MEMORY,
    /** Cancelled by somebody else. */
    CANCELLED,
    /** Its node lost its power: a further run, or a failure of the node and a further attempt. */
    ON_A_LOST_NODE
}
