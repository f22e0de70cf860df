package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.format.MetricsLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void writeFiveLines() {
        file = folder.resolve(MetricsLine.FILE_NAME);
        try (MetricsLog log = MetricsLog.start(file)) {
            for (int update = 0; update < 5; update++) {
                log.append(line(update, 0.5 * update));
            }
        }
    }

    @Test
    void resumingCutsOffLaterLinesAndATornOne() throws IOException {
        Files.writeString(file, "{\"loss\":0.1,\"upd", StandardOpenOption.APPEND);
        try (MetricsLog log = MetricsLog.resume(file, 2)) {
            assertThat(log.lastUpdate()).isEqualTo(2);
            log.append(line(3, 9));
        }
        assertThat(MetricsLine.readAll(file)).containsExactly(line(0, 0), line(1, 0.5), line(2, 1), line(3, 9));
    }

    @Test
    void resumingAtTheEndKeepsEverything() {
        try (MetricsLog log = MetricsLog.resume(file, 4)) {
            assertThat(log.lines()).hasSize(5);
        }
    }

    @Test
    void refusesToResumeWhereLinesAreMissing() throws IOException {
        assertThatThrownBy(() -> MetricsLog.resume(file, 5)).hasMessageContaining("up to update 5, found 5 whole");
        Files.writeString(file, Files.readString(file).replace("\"update\":3", "\"update\":7"));
        assertThatThrownBy(() -> MetricsLog.resume(file, 4)).hasMessageContaining("found 3 whole lines");
        Files.delete(file);
        assertThatThrownBy(() -> MetricsLog.resume(file, 0)).hasMessageContaining("found 0 whole lines");
    }

    @Test
    void anUpdateIsWrittenOnce() {
        try (MetricsLog log = MetricsLog.resume(file, 4)) {
            assertThatThrownBy(() -> log.append(line(4, 1))).isInstanceOf(IllegalStateException.class);
        }
    }

    private static MetricsLine line(long update, double loss) {
        return new MetricsLine(update, Map.of("loss", loss));
    }
}
