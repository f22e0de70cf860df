package dev.mugv.slurm.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final ManualClock clock = new ManualClock();
    private final Pace pace = new Pace(SlurmTimings.standard(Duration.ofSeconds(60)), clock);

    @Test
    void whileNothingChangesThereAreSixRoundsAMinute() {
        assertThat(rounds(Duration.ofMinutes(10), false)).isBetween(59, 61);
    }

    @Test
    void howeverMuchChangesThereIsABurstAndThenARoundEveryFiveSeconds() {
        int first = rounds(Duration.ofMinutes(1), true);
        assertThat(first).isBetween(12, 20);
        assertThat(rounds(Duration.ofMinutes(10), true)).isBetween(118, 124);
    }

    @Test
    void aReasonFromOutsideBringsARoundAtOnceButNotMany() {
        rounds(Duration.ofMinutes(5), false);
        int asked = 0;
        for (int second = 0; second < 60; second++) {
            clock.pass(Duration.ofSeconds(1));
            if (pace.permits()) {
                pace.begin();
                pace.note(false);
                asked++;
            }
        }
        assertThat(asked).isBetween(12, 20);
    }

    /** Rounds made by a controller that looks every 100 ms and keeps to the pace. */
    private int rounds(Duration time, boolean eventful) {
        int rounds = 0;
        for (long at = 0; at < time.toMillis(); at += 100) {
            if (pace.isDue()) {
                pace.begin();
                pace.note(eventful);
                rounds++;
            }
            clock.pass(Duration.ofMillis(100));
        }
        return rounds;
    }
}
