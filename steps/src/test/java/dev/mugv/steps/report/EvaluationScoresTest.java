package dev.mugv.steps.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.GenerationItem.Conditioning;
import dev.mugv.model.format.ModelEvaluation;
import dev.mugv.model.format.ModelEvaluation.GridLoss;
import dev.mugv.model.format.ModelEvaluation.Sample;
import dev.mugv.model.format.ValidationCells;
import dev.mugv.model.format.ValidationCells.Cells;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.statistics.MeanScore;
import dev.mugv.model.statistics.PairedDifference;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EvaluationScoresTest {
    private static final VideoShape SHAPE = new VideoShape(64, 64, 16, 8);
    private static final ValidationGrid GRID = new ValidationGrid(List.of("a", "b"), SHAPE, 4, 1);

    @Test
    void putsShardsOfACheckpointTogether() {
        ScoreTable table = EvaluationScores.table(List.of(
                evaluation("base", List.of(new GridLoss(GRID, 0.9)), sample(Conditioning.PROMPT, "motion", 1)),
                evaluation("base", List.of(), sample("b", Conditioning.PROMPT, "motion", 3)),
                evaluation("aligned", List.of(new GridLoss(GRID, 0.7)), sample(Conditioning.PROMPT, "motion", 4))));

        assertThat(table.checkpoints()).containsExactly("base", "aligned");
        assertThat(table.rows())
                .extracting(ScoreTable.Row::measure)
                .containsExactly("validation loss, 64x64x16@8.0", "motion, t2v");
        assertThat(table.rows().get(0).change(1).getAsDouble()).isCloseTo(-0.2, within(1e-12));
        assertThat(table.rows().get(1).values().get(0).orElseThrow().mean()).isEqualTo(2);
        assertThat(table.rows().get(1).values().get(0).orElseThrow().samples()).isEqualTo(2);
    }

    @Test
    void motionSaturationAndSharpnessThatMoveFarInAlignmentGiveAnAlarm() {
        DriftRule rule = new DriftRule("base", "aligned", 0.3);
        ScoreTable table = EvaluationScores.table(List.of(
                evaluation(
                        "base",
                        List.of(),
                        sample("a", Conditioning.PROMPT, "motion", 2),
                        sample("b", Conditioning.PROMPT, "sharpness", 100),
                        sample("c", Conditioning.PROMPT, "saturation", 0),
                        sample("d", Conditioning.PROMPT, "temporal-flicker", 0.9)),
                evaluation(
                        "aligned",
                        List.of(),
                        sample("a", Conditioning.PROMPT, "motion", 1),
                        sample("b", Conditioning.PROMPT, "sharpness", 129),
                        sample("c", Conditioning.PROMPT, "saturation", 0),
                        sample("d", Conditioning.PROMPT, "temporal-flicker", 0.1))));

        // Sharpness moved by less than 30 %, nothing by nothing is no change, and flicker is judged, not watched.
        assertThat(rule.alarms(table))
                .singleElement()
                .satisfies(
                        alarm -> assertThat(alarm)
                                .startsWith(
                                        "Alarm: motion, t2v, is 50 % lower in 'aligned' than in 'base' over 1 samples (more than 30 %)"));
        assertThat(new DriftRule("base", "aligned", 0.2).alarms(table)).hasSize(2);
        assertThat(new DriftRule("base", "absent", 0.2).alarms(table)).isEmpty();
    }

    @Test
    void aChangeIsJudgedByTheItemsThatBothCheckpointsHave() {
        Sample[] before = IntStream.range(0, 6)
                .mapToObj(i -> sample("item-" + i, Conditioning.PROMPT, "motion", 10 * i))
                .toArray(Sample[]::new);
        Sample[] after = IntStream.range(0, 6)
                .mapToObj(i -> sample("item-" + i, Conditioning.PROMPT, "motion", 10 * i + 1))
                .toArray(Sample[]::new);
        ScoreTable.Row row = EvaluationScores.table(List.of(
                        evaluation("base", List.of(), before),
                        evaluation("skipped", List.of(new GridLoss(GRID, 0.9))),
                        evaluation("aligned", List.of(), after)))
                .rows()
                .get(1);

        assertThat(row.differences().get(0)).isEmpty();
        assertThat(row.differences().get(1)).isEmpty();
        assertThat(row.differences().get(2)).contains(new PairedDifference(1, 1, 1, 2.0 / 64, 6));
    }

    @Test
    void lossesAreComparedByClipAndLevelOfNoise() {
        List<String> clips = List.of("a", "b", "c", "d", "e", "f");
        ValidationGrid grid = new ValidationGrid(clips, SHAPE, 6, 1);
        List<Double> before = IntStream.range(0, 36).mapToObj(i -> 1.0 + i / 6).toList();
        // Better by 0.1 at the two timesteps of the most noise, of every clip.
        List<Double> after = IntStream.range(0, 36)
                .mapToObj(i -> before.get(i) - (i % 6 >= 4 ? 0.1 : 0))
                .toList();
        Cells first = new Cells(grid, before);
        Cells second = new Cells(grid, after);

        List<ScoreTable.Row> rows = EvaluationScores.table(
                        List.of(
                                evaluation("base", List.of(new GridLoss(grid, first.mean()))),
                                evaluation("aligned", List.of(new GridLoss(grid, second.mean())))),
                        List.of(
                                new ValidationCells("base", List.of(first)),
                                new ValidationCells("aligned", List.of(second))))
                .rows();

        assertThat(rows)
                .extracting(ScoreTable.Row::measure)
                .containsExactly(
                        "validation loss, 64x64x16@8.0",
                        "validation loss at low noise, 64x64x16@8.0",
                        "validation loss at middle noise, 64x64x16@8.0",
                        "validation loss at high noise, 64x64x16@8.0");
        assertThat(rows.get(0).values().get(1).orElseThrow().mean()).isCloseTo(second.mean(), within(1e-12));
        assertThat(rows.get(0).values().get(0).orElseThrow().samples()).isEqualTo(6);
        assertThat(rows.get(1).differences().get(1).orElseThrow().verdict())
                .isEqualTo(PairedDifference.Verdict.MAY_BE_CHANCE);
        PairedDifference high = rows.get(3).differences().get(1).orElseThrow();
        assertThat(high.mean()).isCloseTo(-0.1, within(1e-12));
        assertThat(high.pairs()).isEqualTo(6);
        assertThat(high.verdict()).isEqualTo(PairedDifference.Verdict.REAL);
    }

    @Test
    void keepsTextToVideoAndImageToVideoApart() {
        ScoreTable table = EvaluationScores.table(List.of(evaluation(
                "base",
                List.of(),
                sample(Conditioning.PROMPT, "motion-smoothness", 0.9),
                sample(Conditioning.FIRST_FRAME, "motion-smoothness", 0.8),
                sample(Conditioning.FIRST_FRAME, "first-frame-psnr", 21))));

        assertThat(table.rows())
                .extracting(ScoreTable.Row::measure, row -> row.values().get(0).map(MeanScore::mean))
                .containsExactly(
                        tuple("motion smoothness, t2v", Optional.of(0.9)),
                        tuple("motion smoothness, i2v", Optional.of(0.8)),
                        tuple("first frame psnr, i2v", Optional.of(21.0)));
    }

    @Test
    void comparesWhatCheckpointsMadeOfTheSameItem() {
        Sample sample = sample(Conditioning.PROMPT, "motion", 1);

        List<SampleComparison> comparisons = PublishedEvaluation.compare(List.of(
                new PublishedEvaluation(evaluation("base", List.of(), sample), Path.of("/one")),
                new PublishedEvaluation(
                        evaluation("aligned", List.of(), sample, sample(Conditioning.FIRST_FRAME, "motion", 2)),
                        Path.of("/two"))));

        assertThat(comparisons).hasSize(2);
        assertThat(comparisons.get(0).samples())
                .extracting(SampleComparison.Sample::checkpoint, SampleComparison.Sample::video)
                .containsExactly(
                        tuple("base", Path.of("/one/videos/a.mp4")), tuple("aligned", Path.of("/two/videos/a.mp4")));
        assertThat(comparisons.get(1).samples()).hasSize(1);
    }

    @Test
    void anEvaluationSurvivesItsFile() {
        ModelEvaluation evaluation =
                evaluation("base", List.of(new GridLoss(GRID, 0.9)), sample(Conditioning.PROMPT, "motion", 1));

        assertThat(Json.parse(Json.pretty(evaluation), ModelEvaluation.class)).isEqualTo(evaluation);
    }

    @Test
    void boundsTheMeanByResampling() {
        double[] values = new double[100];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 2 == 0 ? 1 : 3;
        }

        MeanScore score = MeanScore.of(values);

        // The deviation of the mean of 100 values of deviation 1 is 0.1; 2,000 resamples give its 1.96-fold to about 6
        // %.
        assertThat(score.mean()).isEqualTo(2);
        assertThat(score.low()).isCloseTo(2 - 0.196, within(0.03));
        assertThat(score.high()).isCloseTo(2 + 0.196, within(0.03));
        assertThat(MeanScore.of(values)).isEqualTo(score);
    }

    @Test
    void hasNoIntervalOfOneValueAndNoMeanOfNoNumber() {
        assertThat(MeanScore.of(0.5)).isEqualTo(new MeanScore(0.5, 0.5, 0.5, 1));
        assertThatThrownBy(() -> MeanScore.of(1, Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MeanScore.of()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void namesTheSampleWhoseMeasureIsNoNumber() {
        assertThatThrownBy(() -> EvaluationScores.table(
                        List.of(evaluation("aligned", List.of(), sample(Conditioning.PROMPT, "motion", Double.NaN)))))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith(
                        "Cannot show the scores of checkpoint 'aligned': expected a finite motion of sample 'a-t2v-0', found NaN.");
        assertThatThrownBy(() ->
                        EvaluationScores.table(List.of(evaluation("aligned", List.of(new GridLoss(GRID, Double.NaN))))))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("expected a finite validation loss, found NaN.");
    }

    private static ModelEvaluation evaluation(String checkpoint, List<GridLoss> losses, Sample... samples) {
        return new ModelEvaluation(checkpoint, "f".repeat(64), losses, List.of(samples));
    }

    private static Sample sample(Conditioning conditioning, String measure, double value) {
        return sample("a", conditioning, measure, value);
    }

    private static Sample sample(String item, Conditioning conditioning, String measure, double value) {
        return new Sample(
                item + "-" + conditioning.label() + "-0",
                item,
                conditioning,
                "a bridge",
                SHAPE,
                Map.of(measure, value),
                "videos/a.mp4",
                "sheets/a.png",
                "");
    }
}
