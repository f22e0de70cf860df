package dev.mugv.steps.evaluation;

import dev.mugv.model.format.ModelEvaluation;
import dev.mugv.model.format.SampleMeasure;
import dev.mugv.steps.report.MeanScore;
import dev.mugv.steps.report.SampleComparison;
import dev.mugv.steps.report.ScoreTable;
import dev.mugv.steps.report.ScoreTable.Better;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Samples and scores of several checkpoints side by side. */
final class SampleResults {
    private final List<Evaluated> evaluated;

    SampleResults(List<Evaluated> evaluated) {
        this.evaluated = List.copyOf(evaluated);
    }

    /** An evaluation and the folder of its files. */
    record Evaluated(ModelEvaluation evaluation, Path folder) {}

    /** One comparison an item, image to video first. */
    List<SampleComparison> comparisons() {
        Map<String, List<SampleComparison.Sample>> samples = new LinkedHashMap<>();
        Map<String, SampleComparison> heads = new LinkedHashMap<>();
        for (Evaluated one : evaluated) {
            for (ModelEvaluation.Sample sample : one.evaluation().samples()) {
                heads.putIfAbsent(
                        sample.sampleId(),
                        new SampleComparison(sample.prompt(), file(one.folder(), sample.firstFrame()), List.of()));
                samples.computeIfAbsent(sample.sampleId(), id -> new ArrayList<>())
                        .add(new SampleComparison.Sample(
                                one.evaluation().checkpoint(),
                                one.folder().resolve(sample.video()),
                                file(one.folder(), sample.sheet()),
                                new TreeMap<>(sample.scores())));
            }
        }
        List<SampleComparison> comparisons = new ArrayList<>();
        heads.forEach((id, head) -> comparisons.add(
                new SampleComparison(head.prompt(), head.firstFrame(), samples.getOrDefault(id, List.of()))));
        return comparisons;
    }

    private static Optional<Path> file(Path folder, String name) {
        return name.isEmpty() ? Optional.empty() : Optional.of(folder.resolve(name));
    }

    /** Mean of every measure over a checkpoint's samples, and the validation loss. */
    ScoreTable scores() {
        List<String> checkpoints =
                evaluated.stream().map(one -> one.evaluation().checkpoint()).toList();
        List<ScoreTable.Row> rows = new ArrayList<>();
        rows.add(new ScoreTable.Row(
                "validation-loss",
                "Flow-matching loss on the fixed grid of held-out clips, timesteps and noise.",
                Better.LOWER,
                evaluated.stream()
                        .map(one -> mean(one.evaluation().losses().stream()
                                .mapToDouble(ModelEvaluation.GridLoss::loss)
                                .toArray()))
                        .toList()));
        for (SampleMeasure measure : SampleMeasure.values()) {
            List<Optional<MeanScore>> values =
                    evaluated.stream().map(one -> mean(values(one, measure))).toList();
            if (values.stream().anyMatch(Optional::isPresent)) {
                rows.add(new ScoreTable.Row(
                        measure.label(),
                        measure.definition(),
                        Better.valueOf(measure.better().name()),
                        values));
            }
        }
        return new ScoreTable(checkpoints, rows);
    }

    private static Optional<MeanScore> mean(double[] values) {
        return values.length == 0 ? Optional.empty() : Optional.of(MeanScore.of(values));
    }

    private static double[] values(Evaluated one, SampleMeasure measure) {
        return one.evaluation().samples().stream()
                .map(ModelEvaluation.Sample::scores)
                .filter(scores -> scores.containsKey(measure.label()))
                .mapToDouble(scores -> scores.getOrDefault(measure.label(), Double.NaN))
                .toArray();
    }
}
