package dev.mugv.steps.poll;

import dev.mugv.slurm.client.Answer;
import dev.mugv.slurm.client.SlurmClient;
import dev.mugv.slurm.cluster.ClusterIdentity;
import dev.mugv.slurm.cluster.Interest;
import dev.mugv.slurm.cluster.Round;
import dev.mugv.slurm.cluster.Rounds;
import dev.mugv.slurm.cluster.SlurmTimings;
import dev.mugv.slurm.cluster.Urgency;
import dev.mugv.steps.database.DatabaseAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Rounds that one controller makes for all of a database: each has a thread that leads when it gets the lock, and reads
 * what the leader wrote. A controller that only waits asks Slurm nothing.
 */
public final class SharedRounds implements Rounds, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SharedRounds.class);

    /** How often the database is looked into. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private static final Duration WATCH_AGAIN = Duration.ofSeconds(20);

    /** Longer than the slowest round and the change of a leader. */
    private static final Duration SILENCE = Duration.ofMinutes(3);

    private static final Duration AFTER_FAULT = Duration.ofSeconds(5);

    private final SlurmClient client;
    private final ClusterIdentity identity;
    private final SlurmTimings timings;
    private final PollLedger ledger;
    private final DatabaseAddress database;
    private final Clock clock;
    private final ControllerName controller = ControllerName.ofThisProcess();
    private long given;
    private Instant lastRound;
    private Set<String> watched = Set.of();
    private Instant watchedAt = Instant.MIN;
    private @Nullable Thread leader;
    private volatile boolean closed;

    // Six parameters: three say how Slurm is asked, two where that is shared.
    public SharedRounds(
            SlurmClient client,
            ClusterIdentity identity,
            SlurmTimings timings,
            JdbcClient jdbc,
            DatabaseAddress database,
            Clock clock) {
        this.client = client;
        this.identity = identity;
        this.timings = timings;
        this.ledger = new PollLedger(jdbc);
        this.database = database;
        this.clock = clock;
        this.lastRound = clock.instant();
    }

    @Override
    public synchronized Optional<Round> next(Collection<Interest> interests) {
        Optional<String> place = identity.name();
        if (place.isEmpty()) {
            return Optional.of(silence("Slurm has not said yet which cluster it is"));
        }
        watch(place.get(), interests);
        Optional<PollLedger.Numbered> newest = ledger.newest(place.get(), given);
        if (newest.isPresent()) {
            given = newest.get().number();
            lastRound = clock.instant();
            return newest.map(PollLedger.Numbered::round);
        }
        return clock.instant().isAfter(lastRound.plus(SILENCE))
                ? Optional.of(silence("no controller has asked Slurm for %d minutes".formatted(SILENCE.toMinutes())))
                : Optional.empty();
    }

    @Override
    public synchronized Optional<Round> covering(Interest interest, Instant notBefore) {
        Optional<String> place = identity.name();
        if (place.isEmpty()) {
            return Optional.of(silence("Slurm has not said yet which cluster it is"));
        }
        ledger.watch(List.of(interest));
        lead(place.get());
        Optional<Round> round = ledger.newest(place.get(), 0)
                .map(PollLedger.Numbered::round)
                .filter(found -> !found.begunAt().isBefore(notBefore) && found.covers(interest.name()));
        if (round.isEmpty()) {
            ledger.wish(place.get(), controller, Urgency.CHANGE, 1);
        }
        return round;
    }

    @Override
    public synchronized void want(Urgency urgency, int live) {
        identity.name().ifPresent(place -> ledger.wish(place, controller, urgency, live));
    }

    @Override
    public Duration untilNext() {
        return LOOK;
    }

    private Round silence(String reason) {
        return new Round(clock.instant(), new Answer.NoAnswer<>(reason), Set.of(), new Answer.Empty<>());
    }

    private void watch(String place, Collection<Interest> interests) {
        Set<String> names = interests.stream().map(Interest::name).collect(Collectors.toSet());
        Instant now = clock.instant();
        if (!names.equals(watched) || now.isAfter(watchedAt.plus(WATCH_AGAIN))) {
            ledger.watch(interests);
            watched = names;
            watchedAt = now;
        }
        lead(place);
    }

    private void lead(String place) {
        if (leader == null && !closed) {
            PollLeader poller = new PollLeader(place, client, timings, ledger, database, controller, clock);
            Thread thread = new Thread(() -> run(poller), "slurm-poller");
            thread.setDaemon(true);
            thread.start();
            leader = thread;
        }
    }

    private void run(PollLeader poller) {
        while (!closed) {
            Duration pause;
            try {
                pause = poller.step();
            } catch (RuntimeException e) {
                // The database may be away; the next step may find it again, and another controller may lead meanwhile.
                LOG.warn("the poller could not go on: {}", e.toString());
                closeQuietly(poller);
                pause = AFTER_FAULT;
            }
            LockSupport.parkNanos(pause.toNanos());
        }
        closeQuietly(poller);
    }

    private static void closeQuietly(PollLeader poller) {
        try {
            poller.close();
        } catch (RuntimeException e) {
            LOG.debug("the poller's lock could not be given back", e);
        }
    }

    /** Returns when the thread has given the lock back, or is in the middle of a question to Slurm. */
    @Override
    public void close() {
        closed = true;
        Thread thread = leader;
        if (thread != null) {
            LockSupport.unpark(thread);
            try {
                thread.join(Duration.ofSeconds(2).toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
