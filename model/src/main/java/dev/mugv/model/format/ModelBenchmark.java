package dev.mugv.model.format;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The card of a checkpoint: {@code benchmark.json}.
 *
 * @param checkpoint what people call the checkpoint
 * @param modelSha256 hash of its weights
 * @param samples ids of the videos that were asked for; the evaluations may hold others, of prompts that have changed
 * @param dimensions what was measured, in the order of {@link BenchmarkDimension}
 * @param totals of the dimensions' means
 * @param distance to real videos; empty if there were too few of either
 */
public record ModelBenchmark(
        String checkpoint,
        String modelSha256,
        List<String> samples,
        List<Measured> dimensions,
        BenchmarkTotals totals,
        Optional<FeatureDistance> distance) {
    public static final String FILE_NAME = "benchmark.json";

    public ModelBenchmark {
        samples = List.copyOf(samples);
        dimensions = List.copyOf(dimensions);
    }

    /** The card of what was measured. */
    public static ModelBenchmark of(
            String checkpoint,
            String modelSha256,
            List<String> samples,
            List<Measured> dimensions,
            Optional<FeatureDistance> distance) {
        Map<BenchmarkDimension, Double> means = new EnumMap<>(BenchmarkDimension.class);
        dimensions.forEach(measured -> means.put(measured.dimension(), measured.mean()));
        return new ModelBenchmark(checkpoint, modelSha256, samples, dimensions, BenchmarkTotals.of(means), distance);
    }

    /**
     * Scores of one dimension.
     *
     * @param origin what kind of thing measured them
     * @param by its name, with a hash where it is a file
     * @param scores by sample, 0 to 1
     * @param mean of the scores
     */
    public record Measured(
            BenchmarkDimension dimension, Origin origin, String by, SortedMap<String, Double> scores, double mean) {
        public Measured {
            scores = Collections.unmodifiableSortedMap(new TreeMap<>(scores));
            if (scores.isEmpty() || !Double.isFinite(mean)) {
                throw new IllegalArgumentException(
                        "expected scores with a finite mean, found " + mean + " of " + scores.size());
            }
        }

        /** Of at least one finite score. */
        public static Measured of(BenchmarkDimension dimension, Origin origin, String by, Map<String, Double> scores) {
            return new Measured(
                    dimension,
                    origin,
                    by,
                    new TreeMap<>(scores),
                    scores.values().stream()
                            .mapToDouble(Double::doubleValue)
                            .average()
                            .orElse(Double.NaN));
        }
    }

    /** What scores come from, and so what they may be compared with. */
    public enum Origin {
        /** A measure of the product's: compares with itself. */
        OWN_MEASURE("our own measure, not VBench's network"),
        /** A network with random weights: compares with itself, and with nothing that a trained one says. */
        RANDOM_NETWORK("a network with random weights"),
        /** A TorchScript file: compares with what the same file says. */
        GIVEN_NETWORK("a given network"),
        /** A file of scores: compares with what its maker says. */
        IMPORTED("imported scores");

        private final String words;

        Origin(String words) {
            this.words = words;
        }

        /** For people. */
        public String words() {
            return words;
        }
    }
}
