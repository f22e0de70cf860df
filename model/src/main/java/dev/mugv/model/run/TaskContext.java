package dev.mugv.model.run;

import java.nio.file.Path;
import java.util.Optional;

/** What a running task may ask of the worker around it. */
public interface TaskContext {
    /** The order being carried out. */
    WorkOrder order();

    /** The task's parameters as its own record. */
    default <T> T parameters(Class<T> type) {
        return Json.value(order().parameters(), type);
    }

    /** What else the order tells that decides nothing of the result, as its own record. */
    default <T> Optional<T> circumstances(Class<T> type) {
        return order().circumstances().map(tree -> Json.value(tree, type));
    }

    /** A private, empty folder; rank 0's is published as a whole when the task has returned on every rank. */
    Path pendingOutput();

    /** Folder of a published input, verified against the hash in the order before it is handed out. */
    Path input(ArtifactRef ref);

    /**
     * A folder for this key that outlives attempts (checkpoints of a long training). Files in it are published one by
     * one, by rename, and only after {@link #requireClaim()}.
     */
    Path durableFolder();

    /** Reports progress; cheap, may be called at every unit. */
    void progress(long done, long total, String unit);

    /** Which of the processes that carry out this order this one is. */
    default Rank rank() {
        return Rank.alone(new AttemptFolder(pendingOutput()), 0);
    }

    /** Adds a line to the attempt's log. */
    void log(String line);

    /** Whether the task should save what it can and leave by {@link StopRequestedException}. */
    boolean isStopRequested();

    /**
     * Ends the work if a newer run has taken over this attempt. To be called before every publication.
     *
     * @throws WorkFailure of kind {@link FailureKind#OUTCOME_UNKNOWN} when superseded
     */
    void requireClaim();
}
