package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.config.PlateauRule;
import dev.mugv.model.config.PlateauSchedule;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.PlateauLooks.Look;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.format.ValidationLine;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** How often the rule ends stages wrongly and rightly, over simulated ones, and that its numbers are what they are called. */
class WindowTrendTest {
    private static final int WINDOW = 6;
    private static final int CLIPS = 12;
    private static final double LEAST = 0.01;
    private static final PlateauRule RULE = new PlateauRule(WINDOW, LEAST, 0.95, 0);

    @Test
    void oneLookAtAStageThatImprovesByJustTheLeastEndsItAsOftenAsItsLevelSays() {
        PlateauSchedule once = new PlateauSchedule(RULE, 1, 0, WINDOW + 1);
        assertThat(once.looks()).isEqualTo(1);
        assertThat(once.level()).isCloseTo(0.05, within(1e-12));
        // Of 4,000 trials the standard error of a share of 0.05 is 0.0034: three of them, and 0.005 for what Welch
        // approximates.
        assertThat(endedShare(4000, once, validation -> 1 - LEAST * validation / WINDOW, Clips.NORMAL))
                .isBetween(0.035, 0.065);
    }

    @Test
    void aStageThatKeepsImprovingByTheLeastIsEndedInLessThanOneOfTwenty() {
        PlateauSchedule schedule = new PlateauSchedule(RULE, 1, 0, 40);
        assertThat(schedule.looks()).isEqualTo(34);
        IntToDoubleFunction line = validation -> 1 - LEAST * validation / WINDOW;
        assertThat(endedShare(1000, schedule, line, Clips.NORMAL)).isLessThan(0.05);
        assertThat(endedShare(1000, schedule, line, Clips.SKEWED)).isLessThan(0.05);
    }

    @Test
    void aStageWhoseLossNoLongerFallsIsEnded() {
        PlateauSchedule schedule = new PlateauSchedule(RULE, 1, 0, 60);
        // Falls by half of what is left every four validations, until nothing is.
        IntToDoubleFunction falling = validation -> 1 + StrictMath.pow(0.5, validation / 4.0);
        int ended = 0;
        for (int trial = 0; trial < 500; trial++) {
            OptionalInt at = end(trial, schedule, falling, Clips.NORMAL);
            ended += at.isPresent() ? 1 : 0;
            // At validation 16 the window before it still brought 9 % of the loss.
            at.ifPresent(validation -> assertThat(validation).isGreaterThan(16));
        }
        assertThat(ended).isGreaterThan(450);
    }

    @Test
    void scatterThatHidesWhetherTheLossFallsEndsNothing() {
        PlateauSchedule once = new PlateauSchedule(RULE, 1, 0, WINDOW + 1);
        List<double[]> losses = new ArrayList<>();
        for (int validation = 0; validation <= WINDOW; validation++) {
            double[] byClip = new double[CLIPS];
            for (int clip = 0; clip < CLIPS; clip++) {
                byClip[clip] = 1 + clip + (validation % 2 == 0 ? 0.2 : -0.2);
            }
            losses.add(byClip);
        }
        Look look = WindowTrend.look(List.of(0L, 1L, 2L, 3L, 4L, 5L, 6L), losses, once);
        // All clips move alike: no error by clips, but updates scatter.
        assertThat(look.clipError()).isLessThan(look.updateError() / 5);
        assertThat(look.high()).isGreaterThan(LEAST);
        assertThat(look.ends()).isFalse();
    }

    @Test
    void lossesThatDoNotMoveAtAllEndTheStage() {
        PlateauSchedule once = new PlateauSchedule(RULE, 1, 0, WINDOW + 1);
        List<Long> updates = List.of(0L, 1L, 2L, 3L, 4L, 5L, 6L);
        List<double[]> still = new ArrayList<>();
        for (int validation = 0; validation <= WINDOW; validation++) {
            still.add(new double[] {1, 2, 3, 4, 5, 6});
        }
        Look look = WindowTrend.look(updates, still, once);
        assertThat(look.improvement()).isCloseTo(0, within(1e-12));
        assertThat(look.ends()).isTrue();
    }

    @Test
    void theNumbersAreThoseOfTheWindow() {
        PlateauSchedule once = new PlateauSchedule(RULE, 10, 0, 10 * (WINDOW + 1));
        List<Long> updates = new ArrayList<>();
        List<double[]> losses = new ArrayList<>();
        for (int validation = 0; validation <= WINDOW; validation++) {
            updates.add(10L * validation);
            // Clips of loss 1 and 3 that lose 0.1 and 0.3 over the window: 10 % both.
            losses.add(new double[] {1 - 0.1 * validation / WINDOW, 3 - 0.3 * validation / WINDOW});
        }
        Look look = WindowTrend.look(updates, losses, once);
        assertThat(look.since()).isEqualTo(0);
        assertThat(look.update()).isEqualTo(60);
        assertThat(look.lossSince()).isEqualTo(2);
        assertThat(look.loss()).isCloseTo(1.8, within(1e-12));
        assertThat(look.improvement()).isCloseTo(0.1, within(1e-12));
        assertThat(look.low()).isCloseTo(0.1, within(1e-9));
        assertThat(look.high()).isCloseTo(0.1, within(1e-9));
    }

    private static double endedShare(int trials, PlateauSchedule schedule, IntToDoubleFunction mean, Clips clips) {
        int ended = 0;
        for (int trial = 0; trial < trials; trial++) {
            ended += end(trial, schedule, mean, clips).isPresent() ? 1 : 0;
        }
        return (double) ended / trials;
    }

    /** How clips differ in what they gain. */
    private enum Clips {
        NORMAL,
        SKEWED
    }

    /** The validation at which a simulated stage is ended: clips of their own difficulty and gain, and weights that scatter. */
    private static OptionalInt end(int seed, PlateauSchedule schedule, IntToDoubleFunction mean, Clips clips) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] height = new double[CLIPS];
        double[] gain = new double[CLIPS];
        for (int clip = 0; clip < CLIPS; clip++) {
            height[clip] = 0.5 + random.nextDouble();
            gain[clip] = switch (clips) {
                case NORMAL -> 1 + 0.5 * random.nextGaussian();
                // A mean of 1, most clips under it.
                case SKEWED -> StrictMath.exp(0.6 * random.nextGaussian() - 0.18);
            };
        }
        PlateauWatch watch = new PlateauWatch(
                "simulated", schedule, new ValidationGrid(names(), new VideoShape(32, 32, 16, 8), 1, 1));
        for (int validation = 0; validation < schedule.updates(); validation++) {
            double shared = 0.002 * random.nextGaussian();
            List<Double> losses = new ArrayList<>();
            for (int clip = 0; clip < CLIPS; clip++) {
                double fallen = mean.applyAsDouble(0) - mean.applyAsDouble(validation);
                double own = 0.003 * random.nextGaussian();
                losses.add(height[clip] * (mean.applyAsDouble(0) - gain[clip] * fallen + shared + own));
            }
            if (watch.add(new ValidationLine(validation, losses))
                    .filter(Look::ends)
                    .isPresent()) {
                return OptionalInt.of(validation);
            }
        }
        return OptionalInt.empty();
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>();
        for (int clip = 0; clip < CLIPS; clip++) {
            names.add("clip-" + clip);
        }
        return names;
    }
}
