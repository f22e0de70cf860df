package dev.mugv.slurm.executor;

/** What came of asking elements to stop. */
public sealed interface StopOutcome {
    /** The elements will end; {@link Executor#observe} tells when. */
    record Requested() implements StopOutcome {}

    /** Some may not have been asked; to be tried again. */
    record NoAnswer(String reason) implements StopOutcome {}
}
