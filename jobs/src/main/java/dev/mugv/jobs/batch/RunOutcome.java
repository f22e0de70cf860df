package dev.mugv.jobs.batch;

import dev.mugv.model.run.FailureKind;

/** How a launch ended. */
public sealed interface RunOutcome {
    /** Every step is done. */
    record Completed() implements RunOutcome {}

    /** It was asked to stop; the same command goes on. */
    record Stopped() implements RunOutcome {}

    /**
     * People have to label or review first; when they have, the same command goes on.
     *
     * @param step name of the step that waits
     * @param message what is waited for, with how far it is
     */
    record Waiting(String step, String message) implements RunOutcome {}

    /**
     * A step failed; the same command tries again.
     *
     * @param step name of the step, empty when the job itself could not run
     * @param kind what the caller should do about it
     * @param message {@code Cannot ...}
     * @param cause for whoever asks for details
     */
    record Failed(String step, FailureKind kind, String message, Throwable cause) implements RunOutcome {}

    /** Another controller is at work on this run; nothing was done. */
    record AlreadyRunning() implements RunOutcome {}
}
