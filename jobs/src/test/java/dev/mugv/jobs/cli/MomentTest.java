package dev.mugv.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class MomentTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-30T10:00:00Z"), ZoneId.of("Europe/Berlin"));

    @Test
    void aTimeIsReadAsPeopleGiveIt() {
        assertThat(at("2026-11-30T08:15:00Z")).isEqualTo("2026-11-30T08:15:00Z");
        assertThat(at("2026-11-30T09:15:00+01:00")).isEqualTo("2026-11-30T08:15:00Z");
        assertThat(at("2026-11-30T09:15")).isEqualTo("2026-11-30T08:15:00Z");
        assertThat(at("09:15")).isEqualTo("2026-11-30T08:15:00Z");
        assertThat(at("2026-11-30")).isEqualTo("2026-11-29T23:00:00Z");
        assertThat(at("90m")).isEqualTo("2026-11-30T08:30:00Z");
        assertThat(at("2d")).isEqualTo("2026-11-28T10:00:00Z");
    }

    @Test
    void whatIsNoTimeIsRefusedInAMessage() {
        assertThatThrownBy(() -> new Moment.Converter().convert("yesterday"))
                .hasMessage("expected a time such as 2026-11-30T10:15, 10:15 or 2h (ago), found 'yesterday'");
    }

    private static String at(String text) {
        return Moment.parse(text, CLOCK).instant().toString();
    }
}
