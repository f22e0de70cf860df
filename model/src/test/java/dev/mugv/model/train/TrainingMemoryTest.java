package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(value = OS.LINUX, disabledReason = "resident size is read from /proc")
class TrainingMemoryTest {
    @TempDir
    Path folder;

    /** In a JVM of its own, whose heap is all resident from the start: what grows is native memory. */
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void twoThousandUpdatesEndWithinFivePercentOfTheSizeAtUpdateTwoHundred() throws Exception {
        Path output = folder.resolve("sizes.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms128m",
                        "-Xmx128m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MemoryProbe.class.getName(),
                        folder.toString(),
                        "2000",
                        "1",
                        "32")
                .redirectOutput(output.toFile())
                .redirectError(folder.resolve("log.txt").toFile())
                .start();
        assertThat(process.waitFor()).as(log()).isZero();
        List<Long> sizes =
                Files.readAllLines(output).stream().map(Long::parseLong).toList();
        assertThat(sizes).hasSize(2);
        assertThat(sizes.get(1) / (double) sizes.get(0))
                .as("sizes in KiB %s", sizes)
                .isLessThanOrEqualTo(1.05);
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("log.txt"));
    }
}
