package dev.mugv.steps.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.format.BenchmarkDimension;
import dev.mugv.model.format.BenchmarkTotals;
import dev.mugv.model.format.FeatureDistance;
import dev.mugv.model.format.ModelBenchmark;
import dev.mugv.model.format.ModelBenchmark.Measured;
import dev.mugv.model.format.ModelBenchmark.Origin;
import dev.mugv.model.run.Json;
import dev.mugv.model.statistics.MeanScore;
import dev.mugv.model.statistics.PairedDifference;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchmarkCardTest {
    /** Published figures have two decimals: what is made of rounded ones is off by half a hundredth, and is rounded itself. */
    private static final double PUBLISHED = 0.01;

    @ParameterizedTest
    @CsvSource({
        "CogVideoX, 67.68, 97.19, 96.74, 94.34, 96.42, 98.40, 33.17, 61.87, 70.01, 94.79, 78.61, 86.70",
        "STIV, 11.17, 98.96, 97.35, 98.40, 98.39, 99.61, 15.28, 66.00, 70.81, 93.48, 79.98, 86.73",
        "Step-Video, 49.23, 97.86, 98.63, 96.02, 97.06, 99.24, 48.78, 62.29, 70.44, 95.50, 81.22, 88.36",
        "Dynamic-I2V, 88.10, 98.83, 98.97, 96.21, 98.39, 98.88, 27.15, 60.10, 69.23, 98.12, 78.78, 88.45",
        "HunyuanVideo, 49.91, 98.53, 97.37, 95.26, 96.70, 99.23, 22.20, 62.55, 70.14, 95.10, 78.54, 86.82",
        "Wan2.1, 34.76, 96.95, 96.44, 94.86, 97.07, 97.90, 51.38, 64.75, 70.44, 92.90, 80.82, 86.86",
        "MAGI-1, 50.85, 98.39, 99.00, 93.96, 96.74, 98.68, 68.21, 64.74, 69.71, 96.12, 82.44, 89.28",
        "MUG-V, 23.17, 98.82, 99.51, 95.73, 98.52, 98.90, 57.24, 61.37, 68.48, 95.37, 81.55, 88.46"
    })
    // Thirteen parameters: a row of the published table.
    void reproducesThePublishedRows(
            String model,
            double vtcm,
            double visc,
            double vibc,
            double sc,
            double bc,
            double ms,
            double dd,
            double aq,
            double iq,
            double imageToVideo,
            double quality,
            double total) {
        double[] published = {vtcm, visc, vibc, sc, bc, ms, dd, aq, iq};
        Map<BenchmarkDimension, Double> means = new EnumMap<>(BenchmarkDimension.class);
        for (BenchmarkDimension dimension : BenchmarkDimension.values()) {
            means.put(dimension, published[dimension.ordinal()] / 100);
        }

        BenchmarkTotals totals = BenchmarkTotals.of(means);

        assertThat(100 * totals.imageToVideo().orElseThrow()).as(model).isCloseTo(imageToVideo, within(PUBLISHED));
        assertThat(100 * totals.quality().orElseThrow()).as(model).isCloseTo(quality, within(PUBLISHED));
        assertThat(100 * totals.total().orElseThrow()).as(model).isCloseTo(total, within(PUBLISHED));
    }

    @Test
    void claimsNoScoreOfWhichADimensionIsMissing() {
        Map<BenchmarkDimension, Double> means = new EnumMap<>(BenchmarkDimension.class);
        for (BenchmarkDimension dimension : BenchmarkDimension.values()) {
            means.put(dimension, 0.9);
        }
        means.remove(BenchmarkDimension.CAMERA_MOTION);

        assertThat(BenchmarkTotals.of(means).imageToVideo()).isEmpty();
        assertThat(BenchmarkTotals.of(means).quality()).isPresent();
        assertThat(BenchmarkTotals.of(means).total()).isEmpty();
        assertThat(BenchmarkTotals.missing(means)).containsExactly(BenchmarkDimension.CAMERA_MOTION);
    }

    @Test
    void givesEveryScoreItsIntervalAndEveryChangeItsPairedTest() {
        ModelBenchmark before = benchmark("finetuned", 12, Origin.IMPORTED, x -> 0.7 + 0.2 * x);
        ModelBenchmark after = benchmark("aligned", 12, Origin.IMPORTED, x -> 0.75 + 0.2 * x);

        ScoreTable table = BenchmarkCard.of(List.of(before, after)).table();

        assertThat(table.rows()).hasSize(12).allSatisfy(row -> {
            MeanScore score = row.values().get(1).orElseThrow();
            assertThat(score.low()).isLessThan(score.mean());
            assertThat(score.high()).isGreaterThan(score.mean());
            assertThat(row.differences().get(1).orElseThrow().verdict()).isEqualTo(PairedDifference.Verdict.REAL);
        });
        ScoreTable.Row total = table.rows().get(11);
        assertThat(total.measure()).isEqualTo("total");
        assertThat(total.values().get(1).orElseThrow().mean())
                .isCloseTo(100 * after.totals().total().orElseThrow(), within(1e-9));
        // Of a linear score the mean of the samples' own scores is the score of the means.
        assertThat(total.differences().get(1).orElseThrow().mean())
                .isCloseTo(total.change(1).getAsDouble(), within(1e-9));
    }

    @Test
    void neverComparesScoresOfDifferentOrigin() {
        BenchmarkCard card = BenchmarkCard.of(List.of(
                benchmark("finetuned", 6, Origin.RANDOM_NETWORK, x -> x),
                benchmark("aligned", 6, Origin.IMPORTED, x -> x)));

        assertThat(card.table().rows()).hasSize(24).allSatisfy(row -> {
            assertThat(row.values()).filteredOn(Optional::isPresent).hasSize(1);
            assertThat(row.change(1)).isEmpty();
        });
        assertThat(card.remarks()).anyMatch(remark -> remark.contains("not with published cards"));
    }

    @Test
    void saysThatSamplesAreTooFewAndWhatIsMissing() {
        BenchmarkCard card = example();

        assertThat(card.remarks().get(0))
                .isEqualTo(
                        "Over 2 image-to-video samples a checkpoint: too few for any claim, which takes 6; the intervals say little.");
        assertThat(card.remarks().get(1))
                .startsWith("No total of finetuned: camera-motion not measured. Give networks");
        assertThat(card.table().rows()).extracting(ScoreTable.Row::measure).doesNotContain("total");
        assertThat(card.remarks())
                .contains(
                        "The Fréchet distance of aligned is of fewer videos (4 and 8) than features (32): it is too large by about 5, and halves of the real videos are 7 apart.");
        ScoreTable.Row distance = card.table().rows().get(card.table().rows().size() - 1);
        assertThat(distance.values()).containsOnly(Optional.of(new MeanScore(12, 3, 21, 4)));
        assertThat(distance.better()).isEqualTo(ScoreTable.Better.NEITHER);
    }

    @Test
    void hasNothingToShowOfNoImageToVideoSample() {
        assertThat(BenchmarkCard.of(
                        List.of(ModelBenchmark.of("aligned", "f".repeat(64), List.of(), List.of(), Optional.empty()))))
                .isEqualTo(BenchmarkCard.empty());
    }

    @Test
    void aCardSurvivesItsFile() {
        ModelBenchmark benchmark = benchmark("aligned", 3, Origin.GIVEN_NETWORK, x -> x);

        assertThat(Json.parse(Json.pretty(benchmark), ModelBenchmark.class)).isEqualTo(benchmark);
    }

    /** Two checkpoints with two samples, without camera motion. */
    static BenchmarkCard example() {
        return BenchmarkCard.of(List.of(
                without(benchmark("finetuned", 2, Origin.OWN_MEASURE, x -> 0.5 + x / 2)),
                without(benchmark("aligned", 2, Origin.OWN_MEASURE, x -> 0.4 + x / 2))));
    }

    private static ModelBenchmark without(ModelBenchmark whole) {
        return ModelBenchmark.of(
                whole.checkpoint(),
                whole.modelSha256(),
                whole.samples(),
                whole.dimensions().stream()
                        .filter(measured -> measured.dimension() != BenchmarkDimension.CAMERA_MOTION)
                        .toList(),
                Optional.of(new FeatureDistance("test", 32, 9, 4, 8, 12, 3, 21, 5, Optional.of(7.0))));
    }

    private static ModelBenchmark benchmark(String checkpoint, int samples, Origin origin, DoubleUnaryOperator score) {
        List<Measured> dimensions = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(7);
        for (BenchmarkDimension dimension : BenchmarkDimension.values()) {
            Map<String, Double> scores = new TreeMap<>();
            for (int i = 0; i < samples; i++) {
                scores.put("clip-" + i + "-i2v-0", score.applyAsDouble(random.nextDouble()));
            }
            dimensions.add(Measured.of(dimension, origin, "test", scores));
        }
        return ModelBenchmark.of(checkpoint, "f".repeat(64), List.of(), dimensions, Optional.empty());
    }
}
