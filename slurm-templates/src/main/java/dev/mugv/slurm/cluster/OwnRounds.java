package dev.mugv.slurm.cluster;

import dev.mugv.slurm.client.SlurmClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Asks Slurm for one executor alone, at the pace that a cluster can bear. */
public final class OwnRounds implements Rounds {
    private final SlurmClient client;
    private final Clock clock;
    private final Pace pace;

    public OwnRounds(SlurmClient client, SlurmTimings timings, Clock clock) {
        this.client = client;
        this.clock = clock;
        this.pace = new Pace(timings, clock);
    }

    @Override
    public synchronized Optional<Round> next(Collection<Interest> interests) {
        if (!pace.isDue()) {
            return Optional.empty();
        }
        pace.begin();
        return Optional.of(Round.ask(client, interests, clock));
    }

    @Override
    public synchronized Optional<Round> covering(Interest interest, Instant notBefore) {
        return Optional.of(Round.ask(client, List.of(interest), clock));
    }

    @Override
    public synchronized void want(Urgency urgency, int live) {
        pace.want(urgency, live);
    }

    @Override
    public synchronized Duration untilNext() {
        return pace.untilNext();
    }
}
