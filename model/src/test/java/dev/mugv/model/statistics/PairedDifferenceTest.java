package dev.mugv.model.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.statistics.PairedDifference.Verdict;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class PairedDifferenceTest {
    private static Map<String, Double> scores(int items, IntToDoubleFunction score) {
        Map<String, Double> scores = new TreeMap<>();
        for (int i = 0; i < items; i++) {
            scores.put("item-" + i, score.applyAsDouble(i));
        }
        return scores;
    }

    private static PairedDifference between(int items, IntToDoubleFunction before, IntToDoubleFunction after) {
        return PairedDifference.between(scores(items, before), scores(items, after))
                .orElseThrow();
    }

    @Test
    void aSmallDifferenceThatEveryItemHasIsFoundUnderALargeSpreadOfItems() {
        // Items from 0 to 90, a difference of about 0.1: the means' own intervals overlap almost wholly.
        PairedDifference difference = between(10, i -> 10 * i, i -> 10 * i + 0.1 + 0.001 * i);
        assertThat(difference.mean()).isCloseTo(0.1045, within(1e-9));
        assertThat(difference.low()).isPositive();
        assertThat(difference.chance()).isEqualTo(2.0 / 1024);
        assertThat(difference.verdict()).isEqualTo(Verdict.REAL);
    }

    @Test
    void theProbabilityIsTheShareOfAllSignsWhoseMeanIsAsFar() {
        // Differences 1, 2, 3, -1, 1, 1 sum to 7 of 9. As far are the signs that leave out of 9 at most 1 twice: no
        // flip, or one of the
        // four ones flipped, and the same with all signs turned: 2 * (1 + 4) of 64.
        double[] differences = {1, 2, 3, -1, 1, 1};
        PairedDifference difference = between(6, i -> 0, i -> differences[i]);
        assertThat(difference.chance()).isEqualTo(10.0 / 64);
        assertThat(difference.verdict()).isEqualTo(Verdict.MAY_BE_CHANCE);
    }

    @Test
    void fewItemsNeverMakeAClaimHoweverFarApart() {
        PairedDifference difference = between(5, i -> i, i -> i + 100);
        assertThat(difference.chance()).isEqualTo(2.0 / 32);
        assertThat(difference.verdict()).isEqualTo(Verdict.TOO_FEW);
    }

    @Test
    void noDifferenceIsCertainlyChance() {
        assertThat(between(8, i -> i, i -> i).chance()).isEqualTo(1);
        assertThat(between(30, i -> i, i -> i).chance()).isEqualTo(1);
    }

    /** Of 400 comparisons of noise the share under 0.05 has the deviation 0.011: four of them are allowed. */
    @Test
    void noiseIsClaimedAsOftenAsTheLevelSays() {
        Random random = new Random(7);
        int claimed = 0;
        for (int trial = 0; trial < 400; trial++) {
            claimed += between(20, i -> random.nextGaussian(), i -> random.nextGaussian())
                                    .verdict()
                            == Verdict.REAL
                    ? 1
                    : 0;
        }
        assertThat(claimed / 400.0).isCloseTo(PairedDifference.LEVEL, within(0.044));
    }

    @Test
    void onlyItemsThatBothHaveCount() {
        assertThat(PairedDifference.between(Map.of("a", 1.0, "b", 2.0), Map.of("b", 5.0, "c", 9.0))
                        .orElseThrow())
                .isEqualTo(new PairedDifference(3, 3, 3, 1, 1));
        assertThat(PairedDifference.between(Map.of("a", 1.0), Map.of("b", 1.0))).isEmpty();
        assertThatThrownBy(() -> PairedDifference.between(Map.of("a", 1.0), Map.of("a", Double.NaN)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
