package dev.mugv.slurm.client;

/** What a question to Slurm came to; no answer is never the same as an empty one. */
public sealed interface Answer<T> {
    record Answered<T>(T value) implements Answer<T> {}

    /** Slurm has answered, and there is nothing. */
    record Empty<T>() implements Answer<T> {}

    record NoAnswer<T>(String reason) implements Answer<T> {}
}
