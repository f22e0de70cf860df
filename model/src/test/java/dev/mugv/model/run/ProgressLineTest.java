package dev.mugv.model.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final HandClock clock = new HandClock();

    @Test
    void onATerminalOneLineIsRedrawnWithinItsWidth() {
        ProgressLine line = line(60);
        line.begin("sample");
        line.show("sample", 0.5, "12/24 steps, 0:10 left and much more than fits into it");
        line.end("sample", "completed", "0:20", "24 steps");
        String[] drawn = text().split("\r");
        assertThat(drawn[1]).isEqualTo("\u001b[Ksample                 ...");
        assertThat(drawn[2])
                .startsWith("\u001b[Ksample                 [##########----------]  50 %")
                .hasSize(3 + 59);
        assertThat(drawn[3]).isEqualTo("\u001b[Ksample                 completed      0:20  24 steps\n");
    }

    @Test
    void elsewhereAPlainLineComesNowAndThen() {
        ProgressLine line = line(0);
        line.begin("sample");
        line.show("sample", 0.1, "first");
        clock.now = BEGAN.plusSeconds(16);
        line.show("sample", 0.999, "second");
        clock.now = BEGAN.plusSeconds(17);
        line.show("sample", 1, "third");
        line.line("Note: something.");
        // 100 % is said only when nothing is left.
        assertThat(text()).isEqualTo("sample                  99 %  second\nNote: something.\n");
    }

    @Test
    void timeLeftNeedsEvidenceAndSomethingLeft() {
        Pace pace = new Pace(BEGAN, 0.2);
        assertThat(pace.left(0.6, BEGAN.plusSeconds(2))).isEmpty();
        assertThat(pace.left(0.2, BEGAN.plusSeconds(20))).isEmpty();
        assertThat(pace.left(1, BEGAN.plusSeconds(20))).isEmpty();
        assertThat(pace.left(0.6, BEGAN.plusSeconds(20))).contains(Duration.ofSeconds(20));
        assertThat(Durations.clock(Duration.ofSeconds(3 * 3600 + 2 * 60 + 9))).isEqualTo("3:02:09");
        assertThat(Durations.clock(Duration.ofSeconds(-4))).isEqualTo("0:00");
    }

    private ProgressLine line(int columns) {
        return new ProgressLine(new PrintStream(bytes, true, StandardCharsets.UTF_8), columns, clock);
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static final class HandClock extends Clock {
        private Instant now = BEGAN;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
