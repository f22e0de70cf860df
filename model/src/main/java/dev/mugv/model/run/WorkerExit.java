package dev.mugv.model.run;

/**
 * Exit codes of the batch script and the worker that are no {@link FailureKind}; clear of 1, 2 (JVM, shell), of 64 to
 * 71 and 76 (failure kinds) and of 126 and above (signals).
 */
public enum WorkerExit {
    SUCCEEDED(0),
    /** Stopped because it was asked to, what is needed to go on is saved. */
    STOPPED(72),
    /** A second copy of a run found the run claimed, and did nothing. */
    DUPLICATE_RUN(73),
    /** A run found its attempt claimed by a later run, and did nothing. */
    SUPERSEDED(74),
    /** Another attempt does this work, or it is done: the run of a relay that has nothing to do. */
    RELAYED(75);

    private final int code;

    WorkerExit(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
