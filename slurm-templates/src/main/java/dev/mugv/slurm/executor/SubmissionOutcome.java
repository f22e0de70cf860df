package dev.mugv.slurm.executor;

/** What came of handing a submission over. */
public sealed interface SubmissionOutcome {
    /** It will run; {@code externalId} names it in the executor's own words and is no identity. */
    record Accepted(String externalId) implements SubmissionOutcome {}

    /** It was refused for a stated reason and will never run. */
    record Rejected(String reason) implements SubmissionOutcome {}

    /** It may run or not. */
    record Unknown(String reason) implements SubmissionOutcome {}

    /** It may run or not: the executor said no, in words that are not known. Said again and again, it is a refusal. */
    record Unrecognised(String reason) implements SubmissionOutcome {}
}
