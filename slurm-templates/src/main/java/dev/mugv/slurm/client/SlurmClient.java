package dev.mugv.slurm.client;

import dev.mugv.slurm.executor.SubmissionOutcome;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** The few questions and orders that Slurm is given. Every call is bounded in time; none throws for Slurm's sake. */
public interface SlurmClient {
    /** Submits a batch script; {@code Accepted} holds the job id. */
    SubmissionOutcome submit(Path script);

    /** Every job of this user that the controller knows, array elements one by one, with those just over. */
    Answer<List<QueueRow>> queue();

    /**
     * Every run of the jobs of these names that accounting knows, oldest first.
     *
     * @param since a moment before the first of them was submitted
     */
    Answer<List<AccountingRow>> accounting(Collection<String> names, Instant since);

    /**
     * Cancels array elements, waiting or running, named {@code <array job>_<index>}.
     *
     * @return {@code Empty} when Slurm took the order; ids that it does not know are no fault
     */
    Answer<Void> cancel(Collection<String> elements);

    /**
     * Lets elements start that Slurm holds after it could not launch them.
     *
     * @return {@code Empty} when Slurm took the order
     */
    Answer<Void> release(Collection<String> elements);

    /**
     * Changes how many elements of an array may run at once.
     *
     * @param arrayJob id of the whole array, fresh from the queue
     * @return {@code Empty} when Slurm took the order
     */
    Answer<Void> throttle(String arrayJob, int parallel);

    /** What the cluster's configuration says. */
    Answer<ClusterLimits> limits();

    /**
     * How many jobs and array elements a user may have in the queue at once (sacctmgr, MaxSubmitJobs): the least of what accounts allow.
     *
     * @return {@code Empty} where there is no such limit
     */
    default Answer<Integer> submitLimit(String user) {
        return new Answer.Empty<>();
    }

    /** What Slurm's partitions offer. */
    Answer<List<PartitionOffer>> partitions();
}
