package dev.mugv.slurm.cluster;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How often a cluster is asked: seldom while nothing changes, a few times in a row after an act of ours, and at a steady
 * rate however much changes. So short work is fast, and ten thousand elements cost no more calls than one. Not safe for
 * several threads.
 */
public final class Pace {
    private final SlurmTimings timings;
    private final Clock clock;
    private Optional<Instant> last = Optional.empty();
    private int eager;
    private boolean wanted = true;

    public Pace(SlurmTimings timings, Clock clock) {
        this.timings = timings;
        this.clock = clock;
    }

    /** Whether a round is to be made now. */
    public boolean isDue() {
        return untilNext().isZero();
    }

    /** Notes that a round is made. */
    public void begin() {
        last = Optional.of(clock.instant());
        eager = Math.max(0, eager - 1);
        wanted = eager > 0;
    }

    /**
     * Notes a reason to ask again soon.
     *
     * @param live elements; of few, more rounds in a row are bearable
     */
    public void want(Urgency urgency, int live) {
        wanted = true;
        if (urgency == Urgency.ACTION) {
            eager = Math.max(eager, timings.burst(live));
        }
    }

    /** How long from now until a round is to be made. */
    public Duration untilNext() {
        if (last.isEmpty()) {
            return Duration.ZERO;
        }
        Duration interval = !wanted ? timings.idle() : eager > 0 ? timings.eager() : timings.busy();
        Duration left = Duration.between(clock.instant(), last.get().plus(interval));
        return left.isNegative() ? Duration.ZERO : left;
    }
}
