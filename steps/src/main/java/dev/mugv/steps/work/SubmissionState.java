package dev.mugv.steps.work;

/** What is known about handing a submission over; each change is committed before the next thing is done. */
public enum SubmissionState {
    /** Decided, never handed over. */
    PREPARED,
    /** About to be handed over, or handed over without a clear answer; only a search may resolve it. */
    SUBMIT_UNKNOWN,
    /** Accepted. */
    SUBMITTED,
    /** Refused; it will never run. */
    REJECTED,
    /** Given up before it was handed over. */
    WITHDRAWN
}
