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

    private final SlurmClient client;
    private final String user;
    private final Clock clock;
    private final String circle;
    private Optional<ClusterLimits> limits = Optional.empty();
    private Instant tried = Instant.MIN;

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
