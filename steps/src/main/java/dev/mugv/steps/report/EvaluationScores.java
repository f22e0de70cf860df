package dev.mugv.steps.report;

import dev.mugv.model.format.GenerationItem.Conditioning;
import dev.mugv.model.format.ModelEvaluation;
import dev.mugv.model.format.SampleMeasure;
import dev.mugv.model.format.ValidationCells;
import dev.mugv.model.format.ValidationCells.Cells;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.statistics.MeanScore;
import dev.mugv.model.statistics.PairedDifference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Turns published evaluations into the table of scores: one column a checkpoint, one row a measure. */
public final class EvaluationScores {
    /** Thirds of the timesteps. */
    private static final List<String> NOISE_LEVELS = List.of(" at low noise", " at middle noise", " at high noise");

    private EvaluationScores() {}

    /** The same with the alarms of a rule. */
    public static ScoreTable of(List<PublishedEvaluation> published, DriftRule rule) {
        ScoreTable table = of(published);
        return new ScoreTable(table.checkpoints(), table.rows(), rule.alarms(table));
    }

    /** Of published evaluations, with the losses that their losses are means of. */
    public static ScoreTable of(List<PublishedEvaluation> published) {
        return table(
                published.stream().map(PublishedEvaluation::evaluation).toList(),
                published.stream().flatMap(one -> one.cells().stream()).toList());
    }

    static ScoreTable table(List<ModelEvaluation> evaluations) {
        return table(evaluations, List.of());
    }

    /**
     * The table. Evaluations of one checkpoint (shards) are put together; columns stand in the order in which checkpoints
     * first appear.
     */
    static ScoreTable table(List<ModelEvaluation> evaluations, List<ValidationCells> cells) {
        evaluations.forEach(EvaluationScores::requireFinite);
        Map<String, List<ModelEvaluation>> byCheckpoint = new LinkedHashMap<>();
        evaluations.forEach(e -> byCheckpoint
                .computeIfAbsent(e.checkpoint(), name -> new ArrayList<>())
                .add(e));
        List<ScoreTable.Row> rows = new ArrayList<>(lossRows(byCheckpoint, cells));
        for (Conditioning conditioning : Conditioning.values()) {
            for (SampleMeasure measure : SampleMeasure.values()) {
                addRow(byCheckpoint, conditioning, measure, rows);
            }
        }
        return new ScoreTable(List.copyOf(byCheckpoint.keySet()), rows);
    }

    private static List<ScoreTable.Row> lossRows(
            Map<String, List<ModelEvaluation>> byCheckpoint, List<ValidationCells> cells) {
        List<ValidationGrid> grids = byCheckpoint.values().stream()
                .flatMap(List::stream)
                .flatMap(e -> e.losses().stream())
                .map(ModelEvaluation.GridLoss::grid)
                .distinct()
                .toList();
        List<ScoreTable.Row> rows = new ArrayList<>();
        for (ValidationGrid grid : grids) {
            List<Optional<Cells>> found = byCheckpoint.keySet().stream()
                    .map(checkpoint -> cells(cells, checkpoint, grid))
                    .toList();
            boolean known = found.stream().allMatch(Optional::isPresent);
            rows.add(known ? lossRow(grid, "", 0, grid.timesteps(), found) : meanRow(byCheckpoint, grid));
            if (known && grid.timesteps() >= NOISE_LEVELS.size()) {
                for (int level = 0; level < NOISE_LEVELS.size(); level++) {
                    rows.add(lossRow(
                            grid,
                            NOISE_LEVELS.get(level),
                            grid.timesteps() * level / NOISE_LEVELS.size(),
                            grid.timesteps() * (level + 1) / NOISE_LEVELS.size(),
                            found));
                }
            }
        }
        return rows;
    }

    private static Optional<Cells> cells(List<ValidationCells> cells, String checkpoint, ValidationGrid grid) {
        return cells.stream()
                .filter(one -> one.checkpoint().equals(checkpoint))
                .flatMap(one -> one.grids().stream())
                .filter(one -> one.grid().equals(grid))
                .findFirst();
    }

    /** By clip: the losses of one clip hang together, so it counts as one item. */
    // Five parameters: a place in the grid, and what was found there.
    private static ScoreTable.Row lossRow(
            ValidationGrid grid, String level, int from, int to, List<Optional<Cells>> found) {
        List<Map<String, Double>> byClip = found.stream()
                .map(cells -> cells.map(all -> all.byClip(from, to))
                        .<Map<String, Double>>map(Map::copyOf)
                        .orElse(Map.of()))
                .toList();
        return new ScoreTable.Row(
                "validation loss" + level + ", " + grid.shape().label(),
                "Flow-matching loss on the fixed grid of %d clips at timesteps %d to %d of %d, from the least noise to the most; intervals and pairs are over clips."
                        .formatted(grid.clipIds().size(), from + 1, to, grid.timesteps()),
                ScoreTable.Better.LOWER,
                byClip.stream().map(EvaluationScores::mean).toList(),
                differences(byClip));
    }

    private static ScoreTable.Row meanRow(Map<String, List<ModelEvaluation>> byCheckpoint, ValidationGrid grid) {
        return new ScoreTable.Row(
                "validation loss, " + grid.shape().label(),
                "Flow-matching loss on the fixed grid of %d clips and %d timesteps."
                        .formatted(grid.clipIds().size(), grid.timesteps()),
                ScoreTable.Better.LOWER,
                byCheckpoint.values().stream().map(e -> loss(e, grid)).toList());
    }

    private static Optional<MeanScore> loss(List<ModelEvaluation> evaluations, ValidationGrid grid) {
        return evaluations.stream()
                .flatMap(e -> e.losses().stream())
                .filter(l -> l.grid().equals(grid))
                .findFirst()
                .map(l -> MeanScore.of(l.loss()));
    }

    private static void requireFinite(ModelEvaluation evaluation) {
        evaluation.losses().stream()
                .map(ModelEvaluation.GridLoss::loss)
                .filter(loss -> !Double.isFinite(loss))
                .findFirst()
                .ifPresent(loss -> {
                    throw new WorkFailure(
                            FailureKind.CORRUPT,
                            "Cannot show the scores of checkpoint '%s': expected a finite validation loss, found %s. The model has diverged: choose an earlier checkpoint."
                                    .formatted(evaluation.checkpoint(), loss));
                });
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
