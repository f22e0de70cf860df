package dev.mugv.slurm.executor;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/** What the executor knows of one element. */
public sealed interface Observation {
    /** Accepted, not started (again). */
    record Waiting(String reason) implements Observation {}

    /**
     * At work, or ending.
     *
     * @param run restart count, from 0
     * @param place host name
     */
    record Running(int run, String place, Instant since) implements Observation {}

    /**
     * Over for good; the executor will not start it again.
     *
     * @param run the restart count that ended
     * @param exitCode of the script, where it had one
     * @param startedAt absent when it never started
     * @param detail the executor's own words
     * @param place the one machine that it ran on, as the executor calls it; empty when there were several, or none
     */
    // Seven components because it is one fact sheet, read whole.
    record Ended(
            int run,
            EndState state,
            OptionalInt exitCode,
            Optional<Instant> startedAt,
            Instant endedAt,
            String detail,
            String place)
            implements Observation {
        /** Of which no one machine is known. */
        public Ended(
                int run,
                EndState state,
                OptionalInt exitCode,
                Optional<Instant> startedAt,
                Instant endedAt,
                String detail) {
            this(run, state, exitCode, startedAt, endedAt, detail, "");
        }
    }

    /** Nothing can be said: neither that it runs nor that it does not. */
    record NoAnswer(String reason) implements Observation {}

    /** How an element ended in the executor's eyes. */
    enum EndState {
        /** The script ended with 0. */
        COMPLETED,
        /** The script ended with another code. */
        FAILED,
        CANCELLED,
        TIME_LIMIT,
        OUT_OF_MEMORY,
        /** The machine, or what watched the element on it, is gone. */
        NODE_FAILURE,
        PREEMPTED,
        /** The executor has lost it: it is nowhere, and cannot come back. */
        LOST,
        /** A state that this build does not know; its text is in the detail. */
        UNRECOGNISED
    }
}
