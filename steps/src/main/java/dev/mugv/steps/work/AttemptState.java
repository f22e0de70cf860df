package dev.mugv.steps.work;

/** Where an attempt stands. */
public enum AttemptState {
    /** No verdict yet. */
    OPEN,
    /** Three witnesses agree. */
    SUCCEEDED,
    FAILED,
    /** Ended at our wish, or at the executor's after saving; spends no retry. */
    STOPPED,
    /** The witnesses disagree. */
    SUSPECT
}
