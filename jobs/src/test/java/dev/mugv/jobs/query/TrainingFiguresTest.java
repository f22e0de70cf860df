package dev.mugv.jobs.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.config.PlateauRule;
import dev.mugv.model.config.PlateauSchedule;
import dev.mugv.model.format.PlateauLooks;
import dev.mugv.model.run.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    void showsWhatThePlateauRuleHasSeen() throws IOException {
        Files.writeString(folder.resolve("metrics.jsonl"), "{\"loss\":2.0,\"update\":40}\n");
        PlateauLooks looks = new PlateauLooks(
                        "motion", new PlateauSchedule(new PlateauRule(3, 0.01, 0.95, 0), 10, 0, 100), 8, 64, List.of())
                .with(new PlateauLooks.Look(10, 40, 1.25, 1.2, 0.04, 0.02, 0.06, 0.001, 0.002, 3.5, false));
        Files.writeString(folder.resolve("plateau.json"), Json.pretty(looks));
        TrainingFigures figures = TrainingFigures.in(folder).orElseThrow();
        assertThat(figures.plateau().orElseThrow().words())
                .isEqualTo(
                        "no plateau after update 40 of at most 100: from update 10 the validation loss went from 1.25000"
                                + " to 1.20000, an improvement of 4.00 % (2.00 % to 6.00 %) where at least 1.00 % is asked for;"
                                + " 8 clips, 64 cells, look 1 of at most 7 at level 0.00714");
    }

    @Test
    void whereNothingWasWrittenThereIsNothing() throws IOException {
        assertThat(TrainingFigures.in(folder)).isEmpty();
        Files.writeString(folder.resolve("metrics.jsonl"), "");
        assertThat(TrainingFigures.in(folder)).isEmpty();
    }
}
