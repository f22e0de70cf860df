package dev.mugv.steps.report;

import dev.mugv.model.format.GenerationItem.Conditioning;
import dev.mugv.model.format.ModelEvaluation;
import dev.mugv.model.format.SampleMeasure;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Turns published evaluations into the table of scores: one column a checkpoint, one row a measure. */
public final class EvaluationScores {
    private EvaluationScores() {}

    /**
     * The table. Evaluations of one checkpoint (shards) are put together; columns stand in the order in which checkpoints
     * first appear.
     */
    public static ScoreTable table(List<ModelEvaluation> evaluations) {
        Map<String, List<ModelEvaluation>> byCheckpoint = new LinkedHashMap<>();
        evaluations.forEach(e -> byCheckpoint
                .computeIfAbsent(e.checkpoint(), name -> new ArrayList<>())
                .add(e));
        List<ScoreTable.Row> rows = new ArrayList<>(lossRows(byCheckpoint));
        for (Conditioning conditioning : Conditioning.values()) {
            for (SampleMeasure measure : SampleMeasure.values()) {
                addRow(byCheckpoint, conditioning, measure, rows);
            }
        }
        return new ScoreTable(List.copyOf(byCheckpoint.keySet()), rows);
    }

    private static List<ScoreTable.Row> lossRows(Map<String, List<ModelEvaluation>> byCheckpoint) {
        List<ValidationGrid> grids = byCheckpoint.values().stream()
                .flatMap(List::stream)
                .flatMap(e -> e.losses().stream())
                .map(ModelEvaluation.GridLoss::grid)
                .distinct()
                .toList();
        return grids.stream()
                .map(grid -> new ScoreTable.Row(
                        "validation loss, " + grid.shape().label(),
                        "Flow-matching loss on the fixed grid of %d clips and %d timesteps."
                                .formatted(grid.clipIds().size(), grid.timesteps()),
                        ScoreTable.Better.LOWER,
                        byCheckpoint.values().stream().map(e -> loss(e, grid)).toList()))
                .toList();
    }

    private static Optional<MeanScore> loss(List<ModelEvaluation> evaluations, ValidationGrid grid) {
        return evaluations.stream()
                .flatMap(e -> e.losses().stream())
                .filter(l -> l.grid().equals(grid))
                .findFirst()
                .map(l -> MeanScore.of(finite(evaluations.get(0), l.loss())));
    }

    private static double finite(ModelEvaluation evaluation, double loss) {
        if (!Double.isFinite(loss)) {
            throw new WorkFailure(
                    FailureKind.CORRUPT,
                    "Cannot show the scores of checkpoint '%s': expected a finite validation loss, found %s. The model has diverged: choose an earlier checkpoint."
                            .formatted(evaluation.checkpoint(), loss));
        }
        return loss;
    }

    private static void addRow(
            Map<String, List<ModelEvaluation>> byCheckpoint,
            Conditioning conditioning,
            SampleMeasure measure,
            List<ScoreTable.Row> rows) {
        List<Map<String, Double>> scores = byCheckpoint.values().stream()
                .map(evaluations -> scores(evaluations, conditioning, measure))
                .toList();
        if (scores.stream().anyMatch(values -> !values.isEmpty())) {
            rows.add(new ScoreTable.Row(
                    measure.label().replace('-', ' ') + ", " + conditioning.label(),
                    measure.definition(),
                    better(measure),
                    scores.stream().map(EvaluationScores::mean).toList(),
                    differences(scores)));
        }
    }

    /** By sample: the same id is the same prompt, picture and noise. */
    private static Map<String, Double> scores(
            List<ModelEvaluation> evaluations, Conditioning conditioning, SampleMeasure measure) {
        Map<String, Double> scores = new TreeMap<>();
        evaluations.stream()
                .forEach(e -> e.samples().stream()
                        .filter(sample -> sample.conditioning() == conditioning)
                        .forEach(sample -> Optional.ofNullable(sample.scores().get(measure.label()))
                                .ifPresent(score ->
                                        scores.put(sample.sampleId(), finite(e, sample.sampleId(), measure, score)))));
        return scores;
    }

    /** No mean, interval or test is anything once one of its values is no number: it is named instead. */
    private static double finite(ModelEvaluation evaluation, String sample, SampleMeasure measure, double score) {
        if (!Double.isFinite(score)) {
            throw new WorkFailure(
                    FailureKind.CORRUPT,
                    "Cannot show the scores of checkpoint '%s': expected a finite %s of sample '%s', found %s. Look at the sample's video; if the model made it of no numbers, choose an earlier checkpoint."
                            .formatted(evaluation.checkpoint(), measure.label(), sample, score));
        }
        return score;
    }

    static Optional<MeanScore> mean(Map<String, Double> scores) {
        return scores.isEmpty()
                ? Optional.empty()
                : Optional.of(MeanScore.of(scores.values().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray()));
    }

    static List<Optional<PairedDifference>> differences(List<Map<String, Double>> scores) {
        List<Optional<PairedDifference>> differences = new ArrayList<>();
        Map<String, Double> before = Map.of();
        for (Map<String, Double> own : scores) {
            differences.add(PairedDifference.between(before, own));
            before = own.isEmpty() ? before : own;
        }
        return differences;
    }

    private static ScoreTable.Better better(SampleMeasure measure) {
        return switch (measure.better()) {
            case HIGHER -> ScoreTable.Better.HIGHER;
            case LOWER -> ScoreTable.Better.LOWER;
            case NEITHER -> ScoreTable.Better.NEITHER;
        };
    }
}
