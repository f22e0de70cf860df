package dev.mugv.jobs.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingFiguresTest {
    @TempDir
    Path folder;

    @Test
    void showsTheLastWholeLineAndTheLastEvents() throws IOException {
        Files.writeString(folder.resolve("metrics.jsonl"), """
                {"loss":2.0,"update":6}
                {"checkpoint-share":0.01,"compute-share":0.92,"loss":1.25,"mfu":0.314,"tokens-per-second":2143.2,"update":7}
                {"loss":1.2,"upd""");
        Files.writeString(folder.resolve("events.jsonl"), """

                {"at":"2026-11-30T10:00:00Z","kind":"STEPPED_BACK","message":"Cannot resume from x.","update":5}
                {"at":"2026-11-""");
        TrainingFigures figures = TrainingFigures.in(folder).orElseThrow();
        assertThat(figures.update()).isEqualTo(7);
        assertThat(figures.words()).isEqualTo("loss 1.250, 2143 tokens/s, MFU 31.4 %; compute 92 %, checkpoint 1 %");
        assertThat(figures.events()).containsExactly("2026-11-30T10:00:00Z Cannot resume from x.");
    }

    @Test
    void whereNothingWasWrittenThereIsNothing() throws IOException {
        assertThat(TrainingFigures.in(folder)).isEmpty();
        Files.writeString(folder.resolve("metrics.jsonl"), "");
        assertThat(TrainingFigures.in(folder)).isEmpty();
    }
}
