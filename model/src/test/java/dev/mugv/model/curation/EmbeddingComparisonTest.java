package dev.mugv.model.curation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.curation.EmbeddingComparison.Pair;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class EmbeddingComparisonTest {
    private static final int DIMENSIONS = 256;
    private static final int CLIPS = 3000;
    private static final int COPIES = 300;

    /** A unit vector in a cone, as embeddings of learned models are: two unrelated ones have a cosine of 0.5. */
    private static float[] embedding(int number) {
        float[] common = gaussian("common", 0);
        float[] own = gaussian("own", number);
        for (int at = 0; at < DIMENSIONS; at++) {
            own[at] += common[at];
        }
        return own;
    }

    /** Cosine of about 0.95 with the original. */
    private static float[] copy(int number) {
        float[] own = embedding(number);
        float[] noise = gaussian("noise", number);
        for (int at = 0; at < DIMENSIONS; at++) {
            own[at] += 0.46f * noise[at];
        }
        return own;
    }

    private static float[] gaussian(String purpose, long number) {
        float[] values = new float[DIMENSIONS];
        CounterNoise.of(3, purpose, number).fillGaussian(values);
        return values;
    }

    private static EmbeddingComparison filled(double minSimilarity) {
        EmbeddingComparison comparison = new EmbeddingComparison(DIMENSIONS, minSimilarity, 5);
        for (int number = 0; number < CLIPS; number++) {
            comparison.add(embedding(number));
        }
        for (int number = 0; number < COPIES; number++) {
            comparison.add(copy(number));
        }
        return comparison;
    }

    @Test
    void findsPlantedCopiesAndNothingElse() {
        List<Pair> pairs = filled(0.9).compare(2);
        Set<List<Integer>> found =
                pairs.stream().map(pair -> List.of(pair.first(), pair.second())).collect(Collectors.toSet());
        assertThat(found).hasSameSizeAs(pairs);
        long planted = found.stream()
                .filter(pair -> pair.get(1) == pair.get(0) + CLIPS)
                .count();
        assertThat(planted).isGreaterThanOrEqualTo(98 * COPIES / 100);
        assertThat(found).hasSize((int) planted);
        assertThat(pairs).allSatisfy(pair -> assertThat(pair.similarity()).isBetween(0.9, 1.0));
    }

    @Test
    void theCosineIsThatOfTheNumbersGiven() {
        EmbeddingComparison comparison = new EmbeddingComparison(DIMENSIONS, 0.9, 5);
        comparison.add(embedding(1));
        comparison.add(copy(1));
        double dot = 0;
        double one = 0;
        double other = 0;
        for (int at = 0; at < DIMENSIONS; at++) {
            dot += embedding(1)[at] * copy(1)[at];
            one += embedding(1)[at] * embedding(1)[at];
            other += copy(1)[at] * copy(1)[at];
        }
        for (int number = 2; number < 50; number++) {
            comparison.add(embedding(number));
        }
        // Bytes: a step of a 127th of the largest number, over hundreds of numbers.
        double expected = dot / Math.sqrt(one * other);
        assertThat(comparison.compare(1))
                .singleElement()
                .satisfies(pair -> assertThat(pair.similarity()).isCloseTo(expected, within(1e-3)));
    }

    @Test
    void threadsDoNotChangeThePairs() {
        assertThat(filled(0.9).compare(1)).isEqualTo(filled(0.9).compare(3));
    }

    @Test
    void thousandsOfOneThingEndInTimeAndMeetTheirNeighbours() {
        EmbeddingComparison comparison = new EmbeddingComparison(DIMENSIONS, 0.9, 5);
        for (int number = 0; number < CLIPS; number++) {
            comparison.add(embedding(0));
            comparison.add(embedding(number));
        }
        List<Pair> pairs = comparison.compare(2);
        Set<Integer> met = pairs.stream()
                .flatMap(pair -> java.util.stream.Stream.of(pair.first(), pair.second()))
                .collect(Collectors.toSet());
        assertThat(met).hasSizeGreaterThanOrEqualTo(CLIPS);
    }

    @Test
    void whatIsNoEmbeddingResemblesNothingAndAnotherLengthIsRefused() {
        EmbeddingComparison comparison = new EmbeddingComparison(DIMENSIONS, 0.5, 5);
        comparison.add(new float[DIMENSIONS]);
        comparison.add(new float[DIMENSIONS]);
        float[] broken = embedding(1);
        broken[3] = Float.NaN;
        comparison.add(broken);
        comparison.add(broken);
        assertThat(comparison.compare(1)).isEmpty();
        assertThatThrownBy(() -> comparison.add(new float[3])).hasMessageContaining("expected 256 numbers, found 3");
    }
}
