package dev.mugv.model.run;

import java.util.Arrays;
import java.util.Optional;

/** Why work failed, by what the caller does about it; one table for retry rule, exit code and runbook page. */
public enum FailureKind {
    /** Input or configuration is wrong: fix it; no retry. */
    INVALID_REQUEST(64),
    /** A service or file was out of reach: retry. */
    TRANSIENT(65),
    /** Memory or disk ran out: another size is needed. */
    RESOURCE_EXHAUSTED(66),
    /** A file is not what its manifest says: fall back or make it again. */
    CORRUPT(67),
    /** Numbers are no longer finite: stop, a person decides. */
    DIVERGED(68),
    /** Whether it happened cannot be known: refuse, a person decides. */
    OUTCOME_UNKNOWN(69),
    /** Our bug. */
    DEFECT(70),
    /** Another rank of the same run is missing or gave up: its own record says why; retry. */
    RANK_LOST(71),
    /** A file system has no room left: make room; more memory would not help. */
    DISK_FULL(76);

    private final int exitCode;

    FailureKind(int exitCode) {
        this.exitCode = exitCode;
    }

    /** The kind that a worker's exit code stands for. */
    public static Optional<FailureKind> ofExitCode(int exitCode) {
        return Arrays.stream(values()).filter(kind -> kind.exitCode == exitCode).findFirst();
    }

    /** Exit code of a worker that ends with this kind; clear of 1, 2 (JVM, shell) and of 126 and above (signals). */
    public int exitCode() {
        return exitCode;
    }
}
