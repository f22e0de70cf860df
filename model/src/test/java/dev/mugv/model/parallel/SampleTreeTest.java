package dev.mugv.model.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SampleTreeTest {
    /** A sum as its own text, so that another order or another place of a parenthesis is another sum. */
    private static String sum(int samples, int ranks) {
        List<StringBuilder> branches = new ArrayList<>();
        for (int rank = 0; rank < ranks; rank++) {
            Deque<String> sums = new ArrayDeque<>();
            for (SampleTree.Leaf leaf : SampleTree.branch(samples, rank, ranks)) {
                sums.push("" + leaf.sample());
                for (int join = 0; join < leaf.joins(); join++) {
                    String right = sums.pop();
                    sums.push("(" + sums.pop() + "+" + right + ")");
                }
            }
            assertThat(sums.size()).isLessThanOrEqualTo(1);
            branches.add(new StringBuilder(sums.isEmpty() ? "0" : sums.pop()));
        }
        // x + 0 is x: a rank without samples changes nothing.
        return SampleTree.top(branches, (left, right) -> {
                    if (!right.toString().equals("0")) {
                        left.insert(0, "(").append('+').append(right).append(')');
                    }
                })
                .toString();
    }

    @Test
    void anyPowerOfTwoOfRanksMakesTheSumOfOne() {
        for (int samples = 1; samples <= 21; samples++) {
            String one = sum(samples, 1);
            for (int ranks = 2; ranks <= 32; ranks *= 2) {
                assertThat(sum(samples, ranks))
                        .as("%d samples on %d ranks", samples, ranks)
                        .isEqualTo(one);
            }
        }
        assertThat(sum(6, 4)).isEqualTo("(((0+4)+2)+((1+5)+3))");
    }

    @Test
    void everySampleIsOneRanksAndRanksDifferByOneAtMost() {
        for (int ranks = 1; ranks <= 8; ranks++) {
            List<Integer> all = new ArrayList<>();
            List<Integer> counts = new ArrayList<>();
            for (int rank = 0; rank < ranks; rank++) {
                List<SampleTree.Leaf> own = SampleTree.branch(13, rank, ranks);
                own.forEach(leaf -> all.add(leaf.sample()));
                counts.add(own.size());
            }
            assertThat(all)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, 13).boxed().toList());
            assertThat(Collections.max(counts) - Collections.min(counts)).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void aRankHoldsOneSumALevel() {
        int most = 0;
        int open = 0;
        for (SampleTree.Leaf leaf : SampleTree.branch(64, 0, 1)) {
            open++;
            most = Math.max(most, open);
            open -= leaf.joins();
        }
        assertThat(open).isEqualTo(1);
        assertThat(most).isEqualTo(7);
    }
}
