package dev.mugv.slurm.cluster;

import dev.mugv.slurm.client.QueueRow;
import dev.mugv.slurm.executor.ArraySubmission;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What somebody wants to know of one submission.
 *
 * @param name of its Slurm job
 * @param undecided logical indices of which more needs to be known
 * @param since a moment before it was first handed over, by whichever clock
 */
public record Interest(String name, Set<Integer> undecided, Instant since) {
    /** How far the cluster's clock may be behind the controller's. */
    private static final Duration CLOCK_SLACK = Duration.ofHours(1);

    public Interest {
        undecided = Set.copyOf(undecided);
    }

    /** In these elements of a submission. */
    public static Interest in(ArraySubmission submission, Set<Integer> undecided) {
        return in(submission.token(), undecided, submission.preparedAt());
    }

    /** In these elements of the submission with this token. */
    public static Interest in(String token, Set<Integer> undecided, Instant preparedAt) {
        return new Interest(SlurmExecutor.JOB_NAME_START + token, undecided, preparedAt.minus(CLOCK_SLACK));
    }

    /** Whether the queue no longer knows something that is wanted. */
    boolean isForgottenBy(Collection<QueueRow> rows) {
        Set<Integer> missing = new HashSet<>(undecided);
        for (QueueRow row : rows) {
            if (row.index().isEmpty() && isCancelled(row)) {
                return false;
            }
            row.index().ifPresent(missing::remove);
        }
        return !missing.isEmpty();
    }

    private static boolean isCancelled(QueueRow row) {
        return row.state()
                .filter(dev.mugv.slurm.client.JobState.CANCELLED::equals)
                .isPresent();
    }

    static Set<Integer> all(ArraySubmission submission) {
        Set<Integer> all = new HashSet<>();
        for (int index = 0; index < submission.elements(); index++) {
            all.add(index);
        }
        return all;
    }

    /** The names, for a question to accounting. */
    static List<String> names(Collection<Interest> interests) {
        return interests.stream().map(Interest::name).sorted().toList();
    }
}
