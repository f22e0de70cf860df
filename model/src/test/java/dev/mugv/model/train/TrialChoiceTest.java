package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.HyperParameters;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.ChooseTrialOrder;
import dev.mugv.model.format.HyperParameterSearch;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.format.ValidationLine;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrialChoiceTest {
    private static final int CLIPS = 8;
    private static final int TIMESTEPS = 2;

    @Test
    void aTrialThatIsBetterOnAllClipsIsTaken() {
        HyperParameterSearch search = choose(CLIPS, line(1, 0), line(1.1, 0.01), line(0.9, 0.01));
        assertThat(search.chosen()).isEqualTo(2);
        assertThat(search.decided()).isTrue();
        assertThat(search.level()).isEqualTo((1 - 0.95) / 2);
        assertThat(search.found()).isEqualTo(values(2));
        HyperParameterSearch.Difference difference =
                search.trials().get(2).difference().orElseThrow();
        assertThat(difference.mean()).isBetween(-0.11, -0.09);
        assertThat(difference.high()).isLessThan(0);
        assertThat(search.reason()).contains("trial 2 has the lowest loss", "8 clips, more than chance");
    }

    @Test
    void aDifferenceThatMayBeChanceIsUndecidedAndWhatIsStatedStays() {
        HyperParameterSearch search = choose(CLIPS, line(1, 0), line(0.999, 0.1));
        assertThat(search.trials().get(1).loss().orElseThrow())
                .isLessThan(search.trials().get(0).loss().orElseThrow());
        assertThat(search.chosen()).isZero();
        assertThat(search.decided()).isFalse();
        assertThat(search.reason()).contains("may be chance: undecided, what is stated stays");
    }

    @Test
    void equalTrialsLeaveWhatIsStated() {
        HyperParameterSearch search = choose(CLIPS, line(1, 0), line(1, 0));
        assertThat(search.chosen()).isZero();
        assertThat(search.reason()).contains("no trial has a lower loss");
    }

    @Test
    void withTooFewClipsNoDifferenceIsClaimedHoweverLarge() {
        HyperParameterSearch search = choose(5, line(1, 0, 5), line(0.1, 0, 5));
        assertThat(search.chosen()).isZero();
        assertThat(search.trials().get(1).difference()).isEmpty();
        assertThat(search.reason()).contains("with 5 clips, fewer than 6, no difference can be claimed");
    }

    @Test
    void aTrialThatDivergedLosesAndIsSaid() {
        HyperParameterSearch search = choose(CLIPS, line(1, 0), Optional.empty(), line(0.9, 0.01));
        assertThat(search.chosen()).isEqualTo(2);
        assertThat(search.level()).isEqualTo(1 - 0.95);
        assertThat(search.trials().get(1).loss()).isEmpty();
        // Where the stated values diverged there is nothing to be held against, and nothing to stay with.
        HyperParameterSearch without = choose(CLIPS, Optional.empty(), line(1.1, 0), line(1, 0));
        assertThat(without.chosen()).isEqualTo(2);
        assertThat(without.decided()).isFalse();
        assertThat(without.reason()).contains("the training diverged, so there is nothing to hold it against");
    }

    @Test
    void whereAllDivergedNothingIsChosen() {
        assertThatThrownBy(() -> choose(CLIPS, Optional.empty(), Optional.empty()))
                .isInstanceOfSatisfying(
                        WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.DIVERGED))
                .hasMessageContaining("all 2 trials diverged");
    }

    @Test
    void ofTrialsThatDifferByChanceAloneOneIsTakenInLessThanOneOfTwentySearches() {
        int taken = 0;
        for (int seed = 0; seed < 1000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Optional<ValidationLine>> ends = new ArrayList<>();
            for (int trial = 0; trial < 8; trial++) {
                List<Double> losses = new ArrayList<>();
                for (int cell = 0; cell < CLIPS * TIMESTEPS; cell++) {
                    losses.add(1 + cell + 0.05 * random.nextGaussian());
                }
                ends.add(Optional.of(new ValidationLine(60, losses)));
            }
            taken += new TrialChoice(order(CLIPS, 8), ends).search().decided() ? 1 : 0;
        }
        // Two-sided intervals, of which one side counts: half of 0.05, and less for what is compared with the same
        // trial.
        assertThat(taken).isBetween(1, 50);
    }

    @SafeVarargs
    private static HyperParameterSearch choose(int clips, Optional<ValidationLine>... ends) {
        return new TrialChoice(order(clips, ends.length), List.of(ends)).search();
    }

    private static ChooseTrialOrder order(int clips, int trials) {
        return new ChooseTrialOrder(
                "proxy",
                60,
                IntStream.range(0, trials)
                        .mapToObj(trial -> new ChooseTrialOrder.Trial(values(trial), Optional.of("key-" + trial)))
                        .toList(),
                new ValidationGrid(
                        IntStream.range(0, clips)
                                .mapToObj(clip -> "clip-" + clip)
                                .toList(),
                        new VideoShape(32, 32, 16, 8),
                        TIMESTEPS,
                        1),
                0.95);
    }

    private static HyperParameters values(int trial) {
        return new HyperParameters(1e-3 * (trial + 1), 0.99, 0);
    }

    private static Optional<ValidationLine> line(double loss, double scatter) {
        return line(loss, scatter, CLIPS);
    }

    /** Losses around one, clips in turn above and below it. */
    private static Optional<ValidationLine> line(double loss, double scatter, int clips) {
        List<Double> losses = new ArrayList<>();
        for (int clip = 0; clip < clips; clip++) {
            losses.addAll(Collections.nCopies(TIMESTEPS, loss + (clip % 2 == 0 ? scatter : -scatter)));
        }
        return Optional.of(new ValidationLine(60, losses));
    }
}
