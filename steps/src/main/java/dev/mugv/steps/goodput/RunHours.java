package dev.mugv.steps.goodput;

import java.time.Duration;
import java.util.Optional;

/**
 * Where the time of one run of an attempt went.
 *
 * @param queued from submission, or the end of the run before, to its start; nothing was computed then
 * @param starting until the work began: script, JVM, reading of weights; of a training also its validation
 * @param productive computing whose result was kept
 * @param saving writing of checkpoints
 * @param lost computing whose result was not kept: since the last checkpoint of a training, since the start of what saves
 *     nothing on the way
 * @param cause why it was lost; present exactly when something was
 */
record RunHours(
        Duration queued,
        Duration starting,
        Duration productive,
        Duration saving,
        Duration lost,
        Optional<String> cause) {
    RunHours {
        if (cause.isPresent() == lost.isZero()) {
            throw new IllegalArgumentException(
                    "expected a cause exactly when time was lost, found " + cause + ", " + lost);
        }
    }

    static RunHours kept(Duration queued, Duration starting, Duration productive, Duration saving) {
        return new RunHours(queued, starting, productive, saving, Duration.ZERO, Optional.empty());
    }

    /** With a part of the time lost; what is negative by the clocks of two machines counts as none. */
    static RunHours of(Duration queued, Duration starting, Duration productive, Duration saving, Loss loss) {
        Duration lost = atLeastZero(loss.time());
        return new RunHours(
                atLeastZero(queued),
                atLeastZero(starting),
                atLeastZero(productive),
                atLeastZero(saving),
                lost,
                lost.isZero() ? Optional.empty() : Optional.of(loss.cause()));
    }

    static Duration atLeastZero(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }

    /** Time lost, and why. */
    record Loss(Duration time, String cause) {
        static final Loss NONE = new Loss(Duration.ZERO, "");
    }
}
