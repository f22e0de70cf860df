package dev.mugv.slurm.executor;

/** What a search for a token found. */
public sealed interface SearchOutcome {
    record Found(String externalId) implements SearchOutcome {}

    /** Every place answered, and none knows the token. */
    record Absent() implements SearchOutcome {}

    record NoAnswer(String reason) implements SearchOutcome {}
}
