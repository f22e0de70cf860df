package dev.mugv.kernels.collective;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group of ranks cannot go on: one is missing, gave up, or asked for something else than the others. Every operation of every group
 * of that world fails afterwards. The message is of the form {@code Cannot <verb> <object>: <fact>. <Next action>.}
 */
public final class CollectiveFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final List<Integer> ranks;

    /** What happened. */
    public enum Reason {
        /** A rank did not come before the deadline. */
        MISSING_RANK,
        /** A rank said that it gives up. */
        ABORTED,
        /** Ranks started different operations. */
        MISMATCH,
        /** The library below refused. */
        LIBRARY
    }

    /**
     * @param ranks whose fault it is, numbered in the world; empty where that is not known
     */
    public CollectiveFailure(Reason reason, List<Integer> ranks, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.ranks = List.copyOf(ranks);
    }

    public Reason reason() {
        return reason;
    }

    /** Ranks of the world that are missing or gave up. */
    public List<Integer> ranks() {
        return ranks;
    }
}
