package dev.mugv.slurm.cluster;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How often a cluster is asked: seldom while nothing changes, at once after a change, and never many times in a row. A
 * token bucket, so that short work is fast and ten thousand elements cost no more calls than one.
 */
final class Pace {
    private final SlurmTimings timings;
    private final Clock clock;
    private Optional<Instant> last = Optional.empty();
    private Instant refilled;
    private int tokens;
    private boolean eventful = true;

    Pace(SlurmTimings timings, Clock clock) {
        this.timings = timings;
        this.clock = clock;
        this.refilled = clock.instant();
        this.tokens = timings.burst();
    }

    /** Whether a poll may be made now. */
    boolean permits() {
        return untilPermitted().isZero();
    }

    /** Whether a poll is wanted now, by what is known; an earlier one has a reason that only the caller knows. */
    boolean isDue() {
        return untilNext().isZero();
    }

    /** Notes that a poll is made. */
    void begin() {
        Instant now = clock.instant();
        refill(now);
        tokens = Math.max(0, tokens - 1);
        last = Optional.of(now);
    }

    /** Notes whether there is a reason to ask again soon. */
    void note(boolean somethingMoves) {
        eventful = somethingMoves;
    }

    /** How long from now until a poll is wanted. */
    Duration untilNext() {
        return eventful ? untilPermitted() : untilAfterLast(timings.idle());
    }

    private Duration untilPermitted() {
        Instant now = clock.instant();
        refill(now);
        Duration eager = untilAfterLast(timings.eager());
        return tokens > 0 ? eager : longer(eager, Duration.between(now, refilled.plus(timings.busy())));
    }

    private Duration untilAfterLast(Duration interval) {
        if (last.isEmpty()) {
            return Duration.ZERO;
        }
        Duration left = Duration.between(clock.instant(), last.get().plus(interval));
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private void refill(Instant now) {
        long earned = Duration.between(refilled, now).dividedBy(timings.busy());
        if (earned > 0) {
            tokens = (int) Math.min(timings.burst(), tokens + earned);
            refilled = refilled.plus(timings.busy().multipliedBy(earned));
        }
    }
}
