package dev.mugv.model.train;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.PreferenceTraining;
import dev.mugv.model.config.PreferenceTraining.Loss;
import dev.mugv.model.format.PreferenceLabels.Absolute;
import dev.mugv.model.format.PreferenceLabels.Pair;
import dev.mugv.model.format.PreferenceLabels.Verdict;
import dev.mugv.model.format.ValidationGrid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * How much more a model prefers what people preferred than its reference does, on a fixed grid of (label, timestep, noise)
 * over the labels that were trained on. The implicit reward of a sample is {@code -(beta / 2)} times the difference of its
 * mean squared velocity errors under model and reference (mugv.md, section 5.6); before training all rewards are 0.
 */
final class PreferenceGrid {
    private static final String PURPOSE = "preference-grid-noise";
    /** Labels on the grid at most: the first ones of the file. */
    private static final int MAX_LABELS = 64;

    private final PreferenceTraining training;
    private final PreferenceSources sources;
    private final ValidationGrid grid;
    private final PreferenceLibrary library;

    PreferenceGrid(
            PreferenceTraining training, PreferenceSources sources, ValidationGrid grid, PreferenceLibrary library) {
        this.training = training;
        this.sources = sources;
        this.grid = grid;
        this.library = library;
    }

    /**
     * Margin and share, from the difference of errors (model minus reference) of samples.
     *
     * @return {@code preference-margin}: mean reward of the preferred less that of the others; {@code preferred-share}: share
     *     of pairs whose margin is above 0 (DPO, RDPO), or of samples whose reward has the sign of their label (KTO); those of interleaved
     *     losses under names that begin with the loss, such as {@code kto-preference-margin}
     */
    Map<String, Double> figures(ToDoubleFunction<FlowSample> errorDifference) {
        Map<String, Double> figures = new HashMap<>(figures(training.loss(), errorDifference));
        for (Loss loss : new LinkedHashSet<>(training.interleaved())) {
            if (loss != training.loss()) {
                String prefix = loss.name().toLowerCase(Locale.ROOT) + "-";
                figures(loss, errorDifference).forEach((name, value) -> figures.put(prefix + name, value));
            }
        }
        return figures;
    }

    private Map<String, Double> figures(Loss loss, ToDoubleFunction<FlowSample> errorDifference) {
        return switch (loss) {
            case DPO, RDPO ->
                pairFigures(sources.pairs(loss).stream().limit(MAX_LABELS).toList(), errorDifference);
            case KTO -> absoluteFigures(errorDifference);
        };
    }

    private Map<String, Double> pairFigures(List<Pair> pairs, ToDoubleFunction<FlowSample> errorDifference) {
        double margin = 0;
        int preferred = 0;
        for (Pair pair : pairs) {
            double one = reward(pair.winner(), pair.labelId(), errorDifference)
                    - reward(pair.loser(), pair.labelId(), errorDifference);
            margin += one / pairs.size();
            preferred += one > 0 ? 1 : 0;
        }
        return figures(margin, preferred, pairs.size());
    }

    private Map<String, Double> absoluteFigures(ToDoubleFunction<FlowSample> errorDifference) {
        List<Absolute> absolutes =
                sources.labels().absolutes().stream().limit(MAX_LABELS).toList();
        Map<Verdict, List<Double>> rewards = new HashMap<>();
        int preferred = 0;
        for (Absolute label : absolutes) {
            double reward = reward(label.sample(), label.labelId(), errorDifference);
            rewards.computeIfAbsent(label.verdict(), verdict -> new ArrayList<>())
                    .add(reward);
            preferred += (label.verdict() == Verdict.PASS ? reward > 0 : reward < 0) ? 1 : 0;
        }
        double margin = mean(rewards.getOrDefault(Verdict.PASS, List.of()))
                - mean(rewards.getOrDefault(Verdict.FAIL, List.of()));
        return figures(margin, preferred, absolutes.size());
    }

    private double reward(String sampleId, String labelId, ToDoubleFunction<FlowSample> errorDifference) {
        double sum = 0;
        for (int k = 0; k < grid.timesteps(); k++) {
            // Winner and loser of one label meet the same noise.
            CounterNoise noise = CounterNoise.of(grid.seed(), PURPOSE, CounterNoise.counter(labelId), k);
            double timestep = ValidationLoss.timestep(grid, k);
            sum += errorDifference.applyAsDouble(library.sample(sampleId, timestep, noise));
        }
        return -training.beta() / 2 * sum / grid.timesteps();
    }

    private static Map<String, Double> figures(double margin, int preferred, int labels) {
        return Map.of(
                "preference-margin", margin, "preferred-share", (double) preferred / labels, "labels", (double) labels);
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }
}
