package dev.mugv.jobs.cli;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A point in time as people give it: {@code 2026-11-30T10:15Z}, {@code 2026-11-30T10:15} and {@code 10:15} by this machine's
 * clock, {@code 2026-11-30}, or {@code 2h} ago.
 *
 * @param instant what is meant
 */
record Moment(Instant instant) {
    private static final Pattern AGO = Pattern.compile("(\\d{1,6})([smhd])");

    static Moment parse(String text, Clock clock) {
        Matcher ago = AGO.matcher(text);
        if (ago.matches()) {
            long amount = Long.parseLong(ago.group(1));
            Duration duration = switch (ago.group(2)) {
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofDays(amount);
            };
            return new Moment(clock.instant().minus(duration));
        }
        if (text.matches(".*(Z|[+-]\\d\\d:?\\d\\d)") && text.contains("T")) {
            return new Moment(OffsetDateTime.parse(text).toInstant());
        }
        LocalDateTime local;
        if (text.contains("T")) {
            local = LocalDateTime.parse(text);
        } else if (text.contains(":")) {
            local = LocalDate.now(clock).atTime(LocalTime.parse(text));
        } else {
            local = LocalDate.parse(text).atStartOfDay();
        }
        return new Moment(local.atZone(clock.getZone()).toInstant());
    }

    /** For options of commands. */
    static final class Converter implements ITypeConverter<Moment> {
        @Override
        public Moment convert(String text) {
            try {
                return parse(text, Clock.systemDefaultZone());
            } catch (DateTimeException e) {
                throw new TypeConversionException(
                        "expected a time such as 2026-11-30T10:15, 10:15 or 2h (ago), found '" + text + "'");
            }
        }
    }
}
