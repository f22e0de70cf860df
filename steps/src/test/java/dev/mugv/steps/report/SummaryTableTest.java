package dev.mugv.steps.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.statistics.MeanScore;
import dev.mugv.model.statistics.PairedDifference;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SummaryTableTest {
    @Test
    void showsCountsReasonsLossesAndScores() {
        assertThat(SummaryTable.render(ExampleReport.stages(), ExampleReport.scores(), BenchmarkCard.empty()))
                .isEqualTo("""
                        stage                 time        in  kept  rejected    training loss  validation loss
                        ──────────────────────────────────────────────────────────────────────────────────────
                        curate-videos       38.4 s  23 clips    14         9
                          rejected: near-duplicate 5, too dark 2, too little motion 3
                        train-vae         1 m 35 s                            0.3104 → 0.0281  0.2987 → 0.0301
                          scores: PSNR 23.53, SSIM 0.7882
                        pretrain / proxy  1 m 11 s                                1.92 → 0.78      1.88 → 0.81

                        scores (mean, change)  pretrained         finetuned           aligned
                        ─────────────────────────────────────────────────────────────────────
                        motion smoothness ↑        0.9312  0.9401 (+0.0089)  0.9398 (−0.0003)
                        dynamic degree                0.5      0.75 (+0.25)         0.75 (+0)
                        validation loss ↓            0.81                 –      0.77 (−0.04)
                        """);
    }

    @Test
    void saysOfAChangeWhetherItMayBeChance() {
        PairedDifference real = new PairedDifference(0.25, 0.2, 0.3, 0.01, 8);
        PairedDifference chance = new PairedDifference(-0.25, -0.6, 0.3, 0.4, 8);
        PairedDifference few = new PairedDifference(0.25, 0.2, 0.3, 0.125, 4);
        ScoreTable.Row row = new ScoreTable.Row(
                "motion",
                "",
                ScoreTable.Better.HIGHER,
                List.of(mean(0.5), mean(0.75), mean(0.5), mean(0.75)),
                List.of(Optional.empty(), Optional.of(real), Optional.of(chance), Optional.of(few)));
        assertThat(SummaryTable.render(
                        List.of(), new ScoreTable(List.of("a", "b", "c", "d"), List.of(row)), BenchmarkCard.empty()))
                .endsWith("""
                        motion ↑               0.5  0.75 (+0.25*)  0.5 (−0.25~)  0.75 (+0.25?)
                        * less than 0.05 probable by chance alone, by the same items of both
                        ~ may be chance
                        ? fewer than 6 items: no difference can be claimed
                        """);
    }

    private static Optional<MeanScore> mean(double value) {
        return Optional.of(MeanScore.of(value));
    }

    @Test
    void leavesOutTheScoresWhenThereAreNone() {
        assertThat(SummaryTable.render(ExampleReport.stages(), ScoreTable.empty(), BenchmarkCard.empty()))
                .doesNotContain("scores (mean");
    }
}
