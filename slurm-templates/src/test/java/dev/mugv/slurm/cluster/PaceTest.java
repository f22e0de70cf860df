package dev.mugv.slurm.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final ManualClock clock = new ManualClock();
    private final Pace pace = new Pace(SlurmTimings.standard(Duration.ofSeconds(60)), clock);

    @Test
    void whileNothingChangesThereAreSixRoundsAMinute() {
        assertThat(rounds(Duration.ofMinutes(10), false)).isBetween(59, 61);
    }

    @Test
    void howeverMuchChangesThereAreTwelveRoundsInTheBusiestMinuteOfManyElements() {
        List<Instant> begun = new ArrayList<>();
        pace.want(Urgency.ACTION, 1000);
        for (int tenth = 0; tenth < 10 * 600; tenth++) {
            if (pace.isDue()) {
                pace.begin();
                begun.add(clock.instant());
                pace.want(Urgency.CHANGE, 1000);
            }
            clock.pass(Duration.ofMillis(100));
        }
        assertThat(begun.size()).isBetween(98, 104);
        assertThat(begun)
                .allSatisfy(from -> assertThat(begun)
                        .filteredOn(each -> !each.isBefore(from) && each.isBefore(from.plusSeconds(60)))
                        .hasSizeLessThanOrEqualTo(12));
    }

    @Test
    void anActOnFewElementsIsFollowedByABurst() {
        rounds(Duration.ofMinutes(5), false);
        pace.want(Urgency.ACTION, 1);
        assertThat(rounds(Duration.ofSeconds(7), false)).isBetween(5, 7);
        assertThat(rounds(Duration.ofMinutes(1), false)).isBetween(5, 7);
    }

    @Test
    void aReasonFromOutsideBringsARoundSoonAndNoMoreThanOne() {
        rounds(Duration.ofMinutes(5), false);
        clock.pass(Duration.ofSeconds(6));
        pace.want(Urgency.CHANGE, 1000);
        assertThat(pace.isDue()).isTrue();
        pace.begin();
        assertThat(pace.untilNext()).isEqualTo(Duration.ofSeconds(10));
    }

    /** Rounds made by a controller that looks every 100 ms and keeps to the pace. */
    private int rounds(Duration time, boolean eventful) {
        int rounds = 0;
        for (long at = 0; at < time.toMillis(); at += 100) {
            if (pace.isDue()) {
                pace.begin();
                if (eventful) {
                    pace.want(Urgency.CHANGE, 1000);
                }
                rounds++;
            }
            clock.pass(Duration.ofMillis(100));
        }
        return rounds;
    }
}
