package dev.mugv.slurm.executor;

/** What came of changing how many elements may run at once. */
public sealed interface ThrottleOutcome {
    record Set() implements ThrottleOutcome {}

    /** It may not have been changed; to be tried again. */
    record NoAnswer(String reason) implements ThrottleOutcome {}
}
