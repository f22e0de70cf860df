package dev.mugv.kernels.collective;

/** An operation under way. Its buffers belong to it until it has ended. */
public interface PendingOperation {
    /**
     * Waits for the end.
     *
     * @throws CollectiveFailure when the deadline has passed or the group has failed
     */
    void await();

    /** Whether {@link #await} would return at once; never waits. */
    boolean isDone();
}
