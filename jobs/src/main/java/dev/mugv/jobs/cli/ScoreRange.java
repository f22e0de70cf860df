package dev.mugv.jobs.cli;

import dev.mugv.model.config.Range;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The range of a score as a person writes it: {@code 4.8} (at least), {@code ..20} (at most), {@code 1.5..20}, or {@code any}.
 *
 * @param range empty for any value
 */
record ScoreRange(Optional<Range> range) {
    private static final String NUMBER = "(-?[0-9]+(?:\\.[0-9]+)?(?:[eE]-?[0-9]+)?)";
    private static final Pattern FORM = Pattern.compile(NUMBER + "?(\\.\\.)?" + NUMBER + "?");

    /** Reads what a person wrote. */
    static ScoreRange parse(String text) {
        if (text.equals("any")) {
            return new ScoreRange(Optional.empty());
        }
        Matcher form = FORM.matcher(text);
        // A single number is the lowest; two of them need the dots between.
        if (!form.matches()
                || (form.group(1) == null && form.group(3) == null)
                || (form.group(2) == null && (form.group(1) == null || form.group(3) != null))) {
            throw new TypeConversionException(
                    "expected a range like 4.8 (at least), ..20 (at most), 1.5..20 or any, found '" + text + "'");
        }
        double lowest = form.group(1) == null ? Double.NEGATIVE_INFINITY : Double.parseDouble(form.group(1));
        double highest = form.group(3) == null ? Double.POSITIVE_INFINITY : Double.parseDouble(form.group(3));
        if (lowest > highest) {
            throw new TypeConversionException("expected the lower end first, found '" + text + "'");
        }
        return new ScoreRange(Optional.of(new Range(lowest, highest)));
    }

    /** For picocli. */
    static final class Converter implements ITypeConverter<ScoreRange> {
        @Override
        public ScoreRange convert(String text) {
            return parse(text);
        }
    }
}
