package dev.mugv.model.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How fast a share of work grows, and so how long the rest takes.
 *
 * @param began when it was first heard of
 * @param atBeginning share that was done then
 */
public record Pace(Instant began, double atBeginning) {
    private static final Duration LEAST_EVIDENCE = Duration.ofSeconds(3);

    /** Time left at the mean speed so far; none before there is evidence, or when nothing is left. */
    public Optional<Duration> left(double share, Instant now) {
        Duration spent = Duration.between(began, now);
        double gained = share - atBeginning;
        if (gained <= 0 || share >= 1 || spent.compareTo(LEAST_EVIDENCE) < 0) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofMillis(Math.round(spent.toMillis() * (1 - share) / gained)));
    }
}
