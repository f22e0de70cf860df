package dev.mugv.steps.poll;

import dev.mugv.slurm.client.SlurmClient;
import dev.mugv.slurm.cluster.Interest;
import dev.mugv.slurm.cluster.Pace;
import dev.mugv.slurm.cluster.Round;
import dev.mugv.slurm.cluster.SlurmTimings;
import dev.mugv.steps.database.DatabaseAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Slurm for all controllers of a place while it has their lock, and tries to get it while it has not. One call of
 * {@link #step} does what is due and says when to come again.
 */
final class PollLeader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PollLeader.class);
    private static final Duration LEADING = Duration.ofMillis(500);
    private static final Duration FOLLOWING = Duration.ofSeconds(2);

    /** A controller that has not said for so long that it waits is dead. */
    private static final Duration WATCHED = Duration.ofMinutes(2);

    private final String place;
    private final SlurmClient client;
    private final PollLedger ledger;
    private final DatabaseAddress database;
    private final ControllerName controller;
    private final Clock clock;
    private final Pace pace;
    private Optional<PollLock> lock = Optional.empty();

    // Seven parameters: four collaborators, and who does it where and when.
    PollLeader(
            String place,
            SlurmClient client,
            SlurmTimings timings,
            PollLedger ledger,
            DatabaseAddress database,
            ControllerName controller,
            Clock clock) {
        this.place = place;
        this.client = client;
        this.ledger = ledger;
        this.database = database;
        this.controller = controller;
        this.clock = clock;
        this.pace = new Pace(timings, clock);
    }

    /** Leads, or tries to; returns after how long to call again. */
    Duration step() {
        if (lock.isEmpty()) {
            lock = PollLock.tryAcquire(database, place);
            if (lock.isEmpty()) {
                return FOLLOWING;
            }
            LOG.info("asks Slurm for all controllers of {}", place);
        }
        ledger.takeWishes(place).forEach(wish -> pace.want(wish.urgency(), wish.live()));
        if (!pace.isDue()) {
            return shorter(pace.untilNext(), LEADING);
        }
        if (!lock.get().isHeld()) {
            close();
            return FOLLOWING;
        }
        List<Interest> interests = ledger.interests(place, WATCHED);
        if (!interests.isEmpty()) {
            pace.begin();
            Round round = Round.ask(client, interests, clock);
            Instant ended = clock.instant();
            ledger.store(place, controller, round, ended);
        }
        return LEADING;
    }

    /** Gives the lock back, so that another controller leads. */
    @Override
    public void close() {
        Optional<PollLock> held = lock;
        lock = Optional.empty();
        held.ifPresent(PollLock::close);
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
