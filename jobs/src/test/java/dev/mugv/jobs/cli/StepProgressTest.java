package dev.mugv.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.steps.work.StepScope;
import dev.mugv.steps.work.WorkProgress;
import dev.mugv.steps.work.WorkProgress.RunningPiece;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepProgressTest {
    private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void aTrainingShowsUpdatesSpeedAndTimeLeft() {
        WorkProgress progress = progress(1, 0, new RunningPiece("vae", 50, 200, "update", 2.5));
        assertThat(StepProgress.from(BEGAN, 0).describe(progress, BEGAN.plusSeconds(20)))
                .isEqualTo("50/200 updates, 2.5/s, 1:00 left");
    }

    @Test
    void anArrayShowsPiecesAndCountsThoseUnderWayInPart() {
        WorkProgress progress =
                progress(4, 1, new RunningPiece("a", 1, 2, "frame", 0), new RunningPiece("b", 1, 2, "frame", 0));
        assertThat(StepProgress.share(progress)).isCloseTo(0.5, within(1e-12));
        assertThat(StepProgress.from(BEGAN, 0.25).describe(progress, BEGAN.plusSeconds(10)))
                .isEqualTo("1/4, 2 running, 0:20 left");
    }

    @Test
    void noTimeIsForetoldWithoutEvidence() {
        WorkProgress progress = progress(4, 1, new RunningPiece("a", 0, 0, "", 0));
        assertThat(StepProgress.from(BEGAN, 0.25).describe(progress, BEGAN.plusSeconds(10)))
                .isEqualTo("1/4, 1 running");
    }

    @Test
    void aTerminalLineIsRedrawnWithinItsWidthAndNowhereElse() {
        ByteArrayOutputStream screen = new ByteArrayOutputStream();
        ByteArrayOutputStream pipe = new ByteArrayOutputStream();
        WorkProgress progress = progress(1, 0, new RunningPiece("vae", 50, 200, "update", 2.5));
        display(screen, 60).progressed(progress);
        display(pipe, 0).progressed(progress);
        assertThat(screen.toString(StandardCharsets.UTF_8))
                .startsWith("\r\u001b[Ktrain-vae")
                .hasSizeLessThan(64);
        assertThat(pipe.toString(StandardCharsets.UTF_8))
                .startsWith("train-vae")
                .doesNotContain("\u001b", "\r");
    }

    private static ProgressDisplay display(ByteArrayOutputStream out, int columns) {
        Terminal terminal = new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), columns);
        return new ProgressDisplay(terminal, Clock.fixed(BEGAN, ZoneOffset.UTC));
    }

    private static WorkProgress progress(int total, int done, RunningPiece... running) {
        return new WorkProgress(new StepScope("run", "train-vae"), total, 0, done, 0, 0, List.of(running));
    }
}
