package dev.mugv.slurm.cluster;

import dev.mugv.slurm.client.Answer;
import dev.mugv.slurm.client.ClusterLimits;
import dev.mugv.slurm.client.SlurmClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Which cluster this is, and whose jobs on it are ours: Slurm is asked until it has answered once. Two clusters of one name are told apart by
 * the hosts of their controllers.
 */
public final class ClusterIdentity {
    private static final Duration AGAIN = Duration.ofSeconds(10);

    /** A limit that could not be asked for is not needed to go on; sbatch holds it. */
    private static final Duration LIMIT_AGAIN = Duration.ofMinutes(10);

    private final SlurmClient client;
    private final String user;
    private final Clock clock;
    private final String circle;
    private Optional<ClusterLimits> limits = Optional.empty();
    private Instant tried = Instant.MIN;
    private Answer<Integer> submitLimit = new Answer.NoAnswer<>("not asked yet");
    private Instant limitTried = Instant.MIN;

    /**
     * @param user whose jobs are seen, by name
     */
    public ClusterIdentity(SlurmClient client, String user, Clock clock) {
        this(client, user, clock, "");
    }

    private ClusterIdentity(SlurmClient client, String user, Clock clock, String circle) {
        this.client = client;
        this.user = user;
        this.clock = clock;
        this.circle = circle;
    }

    /** What its configuration says; empty until Slurm has answered once. */
    public synchronized Optional<ClusterLimits> limits() {
        Instant now = clock.instant();
        if (limits.isEmpty() && (tried.equals(Instant.MIN) || now.isAfter(tried.plus(AGAIN)))) {
            tried = now;
            if (client.limits() instanceof Answer.Answered<ClusterLimits> answered) {
                limits = Optional.of(answered.value());
            }
        }
        return limits;
    }

    /** How many array elements this user may have in the queue at once; as many as one likes where that is not known. */
    public synchronized int submitLimit() {
        Instant now = clock.instant();
        boolean due = limitTried.equals(Instant.MIN) || now.isAfter(limitTried.plus(LIMIT_AGAIN));
        if (submitLimit instanceof Answer.NoAnswer<Integer> && due) {
            limitTried = now;
            submitLimit = client.submitLimit(user);
        }
        return submitLimit instanceof Answer.Answered<Integer> answered ? answered.value() : Integer.MAX_VALUE;
    }

    /** For example {@code me@cluster/login1}; empty until Slurm has answered once. */
    public Optional<String> name() {
        return limits().map(known -> user + "@" + known.name() + circle);
    }

    /**
     * The same cluster for controllers that share nothing of what they hear with others of their database.
     *
     * @param name theirs alone
     */
    public ClusterIdentity within(String name) {
        return new ClusterIdentity(client, user, clock, " (" + name + ")");
    }
}
