package dev.mugv.model.vae;

import static org.assertj.core.api.Assertions.assertThat;

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
class VaeMemoryTest {
    @TempDir
    Path folder;

    /** In a JVM of its own, whose heap is all resident from the start: what grows is native memory. */
    @Test
    @Timeout(
            value = 20,
            unit = TimeUnit.MINUTES) // against a hang: it takes two to five, depending on what runs beside it
    void aThousandVideosEncodedAndDecodedEndWithinFivePercentOfTheSizeAtTwoHundred() throws Exception {
        Path output = folder.resolve("sizes.txt");
        Path log = folder.resolve("log.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms128m",
                        "-Xmx128m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        VaeMemoryProbe.class.getName(),
                        "1000")
                .redirectOutput(output.toFile())
                .redirectError(log.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(log)).isZero();
        List<Long> sizes =
                Files.readAllLines(output).stream().map(Long::parseLong).toList();

        assertThat(sizes).hasSize(2);
        assertThat(sizes.get(1) / (double) sizes.get(0))
                .as("sizes in KiB %s", sizes)
                .isLessThanOrEqualTo(1.05);
    }
}
