package dev.mugv.model.config;

import java.time.Duration;

/**
 * Limits of the local executor.
 *
 * @param parallel work orders at a time, of all runs in the workspace together
 * @param threads compute threads of each; decides the bits of what is trained
 * @param timeLimit after which an element is ended; a training goes on from its last checkpoint
 */
public record LocalExecution(
        @Default("2") int parallel,
        @Default("1") int threads,
        @Default("7d") Duration timeLimit) {
    public LocalExecution {
        new Faults()
                .within(1, 1024, parallel, "parallel")
                .within(1, 1024, threads, "threads")
                .require(
                        timeLimit.compareTo(Duration.ofMinutes(1)) >= 0,
                        "timeLimit",
                        "expected at least 1m, found " + timeLimit.toSeconds() + "s")
                .throwIfAny();
    }
}
