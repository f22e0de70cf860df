package dev.mugv.steps.report;

import dev.mugv.model.format.BenchmarkDimension;
import dev.mugv.model.format.BenchmarkTotals;
import dev.mugv.model.format.FeatureDistance;
import dev.mugv.model.format.ModelBenchmark;
import dev.mugv.model.format.ModelBenchmark.Measured;
import dev.mugv.model.format.ModelBenchmark.Origin;
import dev.mugv.model.statistics.MeanScore;
import dev.mugv.model.statistics.PairedDifference;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * VBench's image-to-video card of several checkpoints: each dimension's mean out of 100 with its interval over the samples, then the
 * scores made of them. Scores of different origin are never in one row.
 *
 * @param table one column a checkpoint
 * @param remarks what a reader must know of it, whole sentences
 */
public record BenchmarkCard(ScoreTable table, List<String> remarks) {
    private static final double OUT_OF = 100;

    public BenchmarkCard {
        remarks = List.copyOf(remarks);
    }

    public static BenchmarkCard empty() {
        return new BenchmarkCard(ScoreTable.empty(), List.of());
    }

    /** The card of benchmarks, in the order of training. */
    public static BenchmarkCard of(List<ModelBenchmark> benchmarks) {
        List<ScoreTable.Row> rows = new ArrayList<>();
        for (BenchmarkDimension dimension : BenchmarkDimension.values()) {
            origins(benchmarks, dimension).forEach(by -> rows.add(row(benchmarks, dimension, by)));
        }
        for (Score score : Score.values()) {
            benchmarks.stream()
                    .filter(one -> score.of(one.totals()).isPresent())
                    .map(score::madeBy)
                    .distinct()
                    .forEach(by -> rows.add(row(benchmarks, score, by)));
        }
        benchmarks.stream()
                .flatMap(benchmark -> benchmark.distance().stream())
                .map(BenchmarkCard::measure)
                .distinct()
                .forEach(measure -> rows.add(row(benchmarks, measure)));
        if (rows.isEmpty()) {
            return empty();
        }
        List<String> checkpoints =
                benchmarks.stream().map(ModelBenchmark::checkpoint).toList();
        return new BenchmarkCard(new ScoreTable(checkpoints, rows), remarks(benchmarks));
    }

    /** The scores that dimensions make. */
    private enum Score {
        IMAGE_TO_VIDEO("image-to-video score", BenchmarkTotals::imageToVideo, "VISC, VIBC and a tenth of VTCM"),
        QUALITY("quality score", BenchmarkTotals::quality, "SC, BC, MS, half of DD, AQ and IQ"),
        TOTAL("total", BenchmarkTotals::total, "the two scores");

        private final String label;
        private final Function<BenchmarkTotals, Optional<Double>> part;
        private final String words;

        Score(String label, Function<BenchmarkTotals, Optional<Double>> part, String words) {
            this.label = label;
            this.part = part;
            this.words = words;
        }

        Optional<Double> of(BenchmarkTotals totals) {
            return part.apply(totals);
        }

        /** Scores are only compared where the same things have measured what they are made of. */
        String madeBy(ModelBenchmark benchmark) {
            return benchmark.dimensions().stream()
                    .filter(measured -> this == TOTAL
                            || (this == QUALITY) == (measured.dimension().part() == BenchmarkDimension.Part.QUALITY))
                    .map(BenchmarkCard::by)
                    .distinct()
                    .collect(Collectors.joining("; "));
        }
    }

    private static Set<String> origins(List<ModelBenchmark> benchmarks, BenchmarkDimension dimension) {
        return benchmarks.stream()
                .flatMap(benchmark -> find(benchmark, dimension).stream())
                .map(BenchmarkCard::by)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Optional<Measured> find(ModelBenchmark benchmark, BenchmarkDimension dimension) {
        return benchmark.dimensions().stream()
                .filter(measured -> measured.dimension() == dimension)
                .findFirst();
    }

    private static String by(Measured measured) {
        return measured.origin().words() + " (" + measured.by() + ")";
    }

    private static ScoreTable.Row row(List<ModelBenchmark> benchmarks, BenchmarkDimension dimension, String by) {
        List<Map<String, Double>> scores = benchmarks.stream()
                .map(benchmark -> find(benchmark, dimension)
                        .filter(measured -> by(measured).equals(by))
                        .map(measured -> hundredths(measured.scores()))
                        .orElse(Map.of()))
                .toList();
        return new ScoreTable.Row(
                dimension.code() + " " + dimension.label().replace('-', ' '),
                dimension.definition() + " By " + by + ".",
                ScoreTable.Better.HIGHER,
                scores.stream().map(EvaluationScores::mean).toList(),
                EvaluationScores.differences(scores));
    }

    private static Map<String, Double> hundredths(Map<String, Double> scores) {
        TreeMap<String, Double> hundredths = new TreeMap<>();
        scores.forEach((sample, score) -> hundredths.put(sample, OUT_OF * score));
        return hundredths;
    }

    private static ScoreTable.Row row(List<ModelBenchmark> benchmarks, Score score, String by) {
        List<Optional<ModelBenchmark>> comparable = benchmarks.stream()
                .map(benchmark -> Optional.of(benchmark)
                        .filter(one -> score.of(one.totals()).isPresent()
                                && score.madeBy(one).equals(by)))
                .toList();
        return new ScoreTable.Row(
                score.label,
                "Weighted mean of %s, normalised as VBench does. By %s.".formatted(score.words, by),
                ScoreTable.Better.HIGHER,
                comparable.stream()
                        .map(one -> one.map(benchmark -> interval(benchmark, score)))
                        .toList(),
                EvaluationScores.differences(comparable.stream()
                        .map(one ->
                                one.map(benchmark -> bySample(benchmark, score)).orElse(Map.of()))
                        .toList()));
    }

    /** Samples are drawn, not scores: what is said of one sample hangs together. */
    private static MeanScore interval(ModelBenchmark benchmark, Score score) {
        List<String> samples = samples(benchmark);
        double value = OUT_OF * score.of(benchmark.totals()).orElseThrow();
        return MeanScore.of(value, samples.size(), drawn -> {
            Map<BenchmarkDimension, Double> means = new EnumMap<>(BenchmarkDimension.class);
            for (Measured measured : benchmark.dimensions()) {
                double sum = 0;
                int count = 0;
                for (int index : drawn) {
                    Double one = measured.scores().get(samples.get(index));
                    sum += one == null ? 0 : one;
                    count += one == null ? 0 : 1;
                }
                // Few samples name a camera motion; a draw without any says nothing new of it.
                means.put(measured.dimension(), count == 0 ? measured.mean() : sum / count);
            }
            return OUT_OF * score.of(BenchmarkTotals.of(means)).orElseThrow();
        });
    }

    /** The score of each sample that has all of its dimensions; their mean is the score if that is every sample. */
    private static Map<String, Double> bySample(ModelBenchmark benchmark, Score score) {
        Map<String, Double> scores = new TreeMap<>();
        for (String sample : samples(benchmark)) {
            Map<BenchmarkDimension, Double> own = new EnumMap<>(BenchmarkDimension.class);
            benchmark.dimensions().stream()
                    .filter(measured -> measured.scores().containsKey(sample))
                    .forEach(measured ->
                            own.put(measured.dimension(), measured.scores().getOrDefault(sample, Double.NaN)));
            score.of(BenchmarkTotals.of(own)).ifPresent(value -> scores.put(sample, OUT_OF * value));
        }
        return scores.size() == samples(benchmark).size() ? scores : Map.of();
    }

    private static List<String> samples(ModelBenchmark benchmark) {
        return benchmark.dimensions().stream()
                .flatMap(measured -> measured.scores().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .toList();
    }

    /** Distances compare only over as many videos, seen by the same eyes. */
    private static String measure(FeatureDistance distance) {
        return "Fréchet distance of features by %s, %d generated videos to %d real ones, %d frames each"
                .formatted(distance.encoder(), distance.generated(), distance.real(), distance.frames());
    }

    private static ScoreTable.Row row(List<ModelBenchmark> benchmarks, String measure) {
        return new ScoreTable.Row(
                "Fréchet distance",
                measure + ". Less is nearer; the interval is a jackknife's over both sets.",
                ScoreTable.Better.NEITHER,
                benchmarks.stream()
                        .map(benchmark -> benchmark
                                .distance()
                                .filter(found -> measure(found).equals(measure))
                                .map(found ->
                                        new MeanScore(found.distance(), found.low(), found.high(), found.generated())))
                        .toList());
    }

    private static void addDistance(ModelBenchmark benchmark, List<String> remarks) {
        benchmark.distance().ifPresent(found -> {
            if (Math.min(found.generated(), found.real()) <= found.width()) {
                remarks.add(
                        "The Fréchet distance of %s is of fewer videos (%d and %d) than features (%d): it is too large by about %s%s."
                                .formatted(
                                        benchmark.checkpoint(),
                                        found.generated(),
                                        found.real(),
                                        found.width(),
                                        Numbers.significant(found.bias()),
                                        found.floor()
                                                .map(floor -> ", and halves of the real videos are "
                                                        + Numbers.significant(floor) + " apart")
                                                .orElse("")));
            }
        });
    }

    private static List<String> remarks(List<ModelBenchmark> benchmarks) {
        List<String> remarks = new ArrayList<>();
        int fewest = benchmarks.stream()
                .mapToInt(benchmark -> samples(benchmark).size())
                .min()
                .orElse(0);
        remarks.add(
                fewest < PairedDifference.FEWEST
                        ? "Over %d image-to-video samples a checkpoint: too few for any claim, which takes %d; the intervals say little."
                                .formatted(fewest, PairedDifference.FEWEST)
                        : "Over %d image-to-video samples a checkpoint.".formatted(fewest));
        for (ModelBenchmark benchmark : benchmarks) {
            Map<BenchmarkDimension, Double> means = new EnumMap<>(BenchmarkDimension.class);
            benchmark.dimensions().forEach(measured -> means.put(measured.dimension(), measured.mean()));
            String missing = BenchmarkTotals.missing(means).stream()
                    .map(BenchmarkDimension::label)
                    .collect(Collectors.joining(", "));
            if (!missing.isEmpty()) {
                remarks.add(
                        "No total of %s: %s not measured. Give networks in 'evaluate.benchmark.networks', or import VBench's results."
                                .formatted(benchmark.checkpoint(), missing));
            }
        }
        benchmarks.forEach(benchmark -> addDistance(benchmark, remarks));
        boolean own = benchmarks.stream()
                .flatMap(benchmark -> benchmark.dimensions().stream())
                .anyMatch(measured ->
                        measured.origin() == Origin.OWN_MEASURE || measured.origin() == Origin.RANDOM_NETWORK);
        if (own) {
            remarks.add(
                    "Dimensions by our own measures or by a network with random weights compare checkpoints of this run, not with published cards.");
        }
        return remarks;
    }
}
