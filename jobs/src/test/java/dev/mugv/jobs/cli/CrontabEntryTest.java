package dev.mugv.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.jobs.cli.CrontabEntry.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrontabEntryTest {
    private static final ZoneId UTC = ZoneOffset.UTC;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"PT1M,* * * * *", "PT10M,*/10 * * * *", "PT1H,0 * * * *", "PT6H,0 */6 * * *", "P1D,0 0 * * *"})
    void saysAnIntervalAsCronDoes(Duration every, String schedule) {
        assertThat(CrontabEntry.isSayable(every)).isTrue();
        assertThat(last(entry(Optional.empty(), Optional.of(every)))).startsWith(schedule + " '");
    }

    @ParameterizedTest
    @CsvSource({"PT7M", "PT90M", "PT5H", "P2D", "PT30S", "PT0S"})
    void whatCronCannotSayIsNotSayable(Duration every) {
        assertThat(CrontabEntry.isSayable(every)).isFalse();
    }

    @Test
    void aFirstTimeIsAskedOfTheClockBecauseCronHasNoYears() {
        LocalDateTime at = LocalDateTime.of(2026, 12, 1, 22, 5);
        assertThat(last(entry(Optional.of(at), Optional.empty())))
                .startsWith("5 22 1 12 * [ \"$(date +\\%Y)\" = 2026 ] && '");
        assertThat(last(entry(Optional.of(at), Optional.of(Duration.ofMinutes(30)))))
                .startsWith("*/30 * * * * [ \"$(date +\\%s)\" -ge 1796162700 ] && '");
    }

    @Test
    void anEntryReplacesItsEarlierSelfAndLeavesOthersAlone() {
        CrontabEntry entry = entry(Optional.empty(), Optional.of(Duration.ofMinutes(10)));
        String others = "MAILTO=me\n0 1 * * * backup # mugv advance another\n";
        for (Kind kind : Kind.values()) {
            String once = entry.into(others, UTC, kind);
            assertThat(once).startsWith(others).contains("*/10 * * * *");
            assertThat(entry.into(once, UTC, kind)).isEqualTo(once);
            assertThat(entry.without(once)).isEqualTo(others);
        }
        assertThat(entry.without("")).isEmpty();
    }

    /** As cron does it: takes the escapes of per cent signs away and gives the rest to a shell. */
    @Test
    void noWordOfACommandIsReadByTheShell() throws Exception {
        Path received = folder.resolve("it's 100%; $(touch owned) \"x\"");
        String nasty = "a'b$(touch owned)`touch owned`%d;&|>* \\ \"~";
        CrontabEntry entry = new CrontabEntry(
                "mugv advance demo 0123456789ab",
                List.of("printf", "%s", nasty),
                received.toString(),
                Optional.of(LocalDateTime.of(2020, 1, 1, 0, 0)),
                Optional.of(Duration.ofMinutes(1)));
        String line = last(entry);
        String command = line.replaceFirst("^(\\S+ ){5}", "").replace("\\%", "%");
        assertThat(new ProcessBuilder("/bin/sh", "-n", "-c", command).start().waitFor())
                .isZero();
        assertThat(new ProcessBuilder("/bin/sh", "-c", command)
                        .directory(folder.toFile())
                        .start()
                        .waitFor())
                .isZero();
        assertThat(Files.readString(received, StandardCharsets.UTF_8)).isEqualTo(nasty);
        assertThat(folder.resolve("owned")).doesNotExist();
    }

    private static String last(CrontabEntry entry) {
        List<String> lines = entry.lines(UTC, Kind.CRONTAB);
        return lines.get(lines.size() - 1);
    }

    private static CrontabEntry entry(Optional<LocalDateTime> at, Optional<Duration> every) {
        return new CrontabEntry(
                "mugv advance demo 0123456789ab",
                List.of("/opt/mugv/mugv", "advance"),
                "/ws/logs/advance.log",
                at,
                every);
    }
}
