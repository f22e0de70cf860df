package dev.mugv.steps.work;

/** Why we asked an attempt to stop. */
public enum StopReason {
    /** The job is being stopped. */
    STOP_REQUESTED,
    /** The plan has changed and does not hold this piece any more. */
    NOT_PLANNED,
    /** It made no progress for too long. */
    HANG,
    /** Somebody gave {@code mugv cancel}. */
    CANCELLED,
    /** Its successor has started and goes on with the work. */
    RELAYED,
    /** A successor that was queued early, of which nothing is needed. */
    NOT_NEEDED
}
