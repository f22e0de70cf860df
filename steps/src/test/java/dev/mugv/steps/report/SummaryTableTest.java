package dev.mugv.steps.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SummaryTableTest {
    @Test
    void showsCountsReasonsLossesAndScores() {
        assertThat(SummaryTable.render(ExampleReport.stages(), ExampleReport.scores()))
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
    void leavesOutTheScoresWhenThereAreNone() {
        assertThat(SummaryTable.render(ExampleReport.stages(), ScoreTable.empty()))
                .doesNotContain("scores (mean");
    }
}
