package dev.mugv.steps.work;

import dev.mugv.model.run.FailureKind;
import dev.mugv.slurm.executor.Observation;
import java.time.Duration;

/**
 * Why an attempt failed, with what is done about it: how often the piece is tried again within one job execution, how
 * long after, and with how much memory. The runbook has a page for each.
 */
public enum FailureClass {
    /** The work itself is wrong: a person changes input or configuration. */
    BAD_INPUT(0, Duration.ZERO, 1),
    /** Storage or a service was out of reach. */
    TRANSIENT(3, Duration.ofSeconds(5), 1),
    /** The worker says that memory ran out. */
    RESOURCE_EXHAUSTED(1, Duration.ofSeconds(5), 2),
    /** The worker found a file system full; others may give room back, more memory would not help. */
    DISK_FULL(1, Duration.ofSeconds(30), 1),
    /** A file is not what its manifest says: a person restores or deletes it. */
    CORRUPT(0, Duration.ZERO, 1),
    /** Numbers are no longer finite: a person decides. */
    DIVERGED(0, Duration.ZERO, 1),
    /** Our bug: the same again would only take longer. */
    DEFECT(0, Duration.ZERO, 1),
    /** The executor ended it for its memory. */
    OUT_OF_MEMORY(2, Duration.ZERO, 2),
    /** The executor ended it at the time limit before it could stop by itself. */
    TIME_LIMIT(20, Duration.ZERO, 1),
    /** The machine, or what watched the element there, is gone. */
    NODE_FAILURE(10, Duration.ofSeconds(1), 1),
    /** Others took the machine. */
    PREEMPTED(100, Duration.ofSeconds(1), 1),
    /** Somebody cancelled it, not we. */
    CANCELLED(0, Duration.ZERO, 1),
    /** A signal that was not ours ended it; nothing says that the work is to blame. */
    KILLED(10, Duration.ofSeconds(1), 1),
    /** It lived without progress and we ended it. */
    HANG(1, Duration.ZERO, 1),
    /** The executor has no trace of it left. */
    LOST(3, Duration.ofSeconds(5), 1),
    /** The executor refused the submission. */
    REJECTED(0, Duration.ZERO, 1),
    /**
     * The witnesses disagree. The one further attempt takes nothing from this one on trust: a worker that finds its
     * result published verifies every hash before it says so.
     */
    SUSPECT(1, Duration.ZERO, 1);

    private final int retries;
    private final Duration delay;
    private final int memoryFactor;

    FailureClass(int retries, Duration delay, int memoryFactor) {
        this.retries = retries;
        this.delay = delay;
        this.memoryFactor = memoryFactor;
    }

    /** How many failures of this class a piece may have within one job execution before it has failed for good, less one. */
    public int retries() {
        return retries;
    }

    /** How long to wait before the next attempt; times the number of failures so far. */
    public Duration delay() {
        return delay;
    }

    /** By what the memory of the next attempt is multiplied. */
    public int memoryFactor() {
        return memoryFactor;
    }

    /** The class of what a worker reported. */
    static FailureClass of(FailureKind kind) {
        return switch (kind) {
            case INVALID_REQUEST -> BAD_INPUT;
            case TRANSIENT, RANK_LOST -> TRANSIENT;
            case RESOURCE_EXHAUSTED -> RESOURCE_EXHAUSTED;
            case CORRUPT -> CORRUPT;
            case DIVERGED -> DIVERGED;
            case OUTCOME_UNKNOWN -> SUSPECT;
            case DEFECT -> DEFECT;
            case DISK_FULL -> DISK_FULL;
        };
    }

    /** The class of an end that the worker left no record of; {@code FAILED} is told apart by its exit code. */
    static FailureClass of(Observation.EndState state, int exitCode) {
        return switch (state) {
            case FAILED -> ofExitCode(exitCode);
            case CANCELLED -> CANCELLED;
            case TIME_LIMIT -> TIME_LIMIT;
            case OUT_OF_MEMORY -> OUT_OF_MEMORY;
            case NODE_FAILURE -> NODE_FAILURE;
            case PREEMPTED -> PREEMPTED;
            case LOST -> LOST;
            case COMPLETED, UNRECOGNISED -> SUSPECT;
        };
    }

    /** Bash reports a signal as 128 plus its number; 126 and 127 mean that the program could not be started. */
    private static FailureClass ofExitCode(int exitCode) {
        if (exitCode > 128) {
            return KILLED;
        }
        return FailureKind.ofExitCode(exitCode).map(FailureClass::of).orElse(DEFECT);
    }

    /** What a step that failed for it says to a caller. */
    FailureKind kind() {
        return switch (this) {
            case BAD_INPUT, REJECTED -> FailureKind.INVALID_REQUEST;
            case RESOURCE_EXHAUSTED, OUT_OF_MEMORY, TIME_LIMIT -> FailureKind.RESOURCE_EXHAUSTED;
            case DISK_FULL -> FailureKind.DISK_FULL;
            case CORRUPT -> FailureKind.CORRUPT;
            case DIVERGED -> FailureKind.DIVERGED;
            case SUSPECT, LOST -> FailureKind.OUTCOME_UNKNOWN;
            case DEFECT -> FailureKind.DEFECT;
            case TRANSIENT, NODE_FAILURE, PREEMPTED, CANCELLED, KILLED, HANG -> FailureKind.TRANSIENT;
        };
    }
}
