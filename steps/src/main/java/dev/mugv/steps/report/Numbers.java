package dev.mugv.steps.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.Locale;

/** How numbers are written for people: the same on the terminal and in the report. */
final class Numbers {
    private static final int DIGITS = 4;

    private Numbers() {}

    /** Four significant digits without trailing zeros; exponents only where a plain number would be unreadable. */
    static String significant(double value) {
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
        }
        if (value == 0) {
            return "0";
        }
        double size = Math.abs(value);
        if (size < 1e-4 || size >= 1e7) {
            return String.format(Locale.ROOT, "%.2e", value);
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(DIGITS));
        if (size >= 1e4) {
            rounded = new BigDecimal(Math.round(value));
        }
        return rounded.stripTrailingZeros().toPlainString();
    }

    /** With its sign, a real minus among them. */
    static String signed(double value) {
        String text = significant(Math.abs(value));
        return value < 0 && !text.equals("0") ? "−" + text : "+" + text;
    }

    static String duration(Duration duration) {
        long seconds = Math.round(duration.toMillis() / 1000.0);
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
        }
        if (seconds < 3600) {
            return String.format(Locale.ROOT, "%d m %02d s", seconds / 60, seconds % 60);
        }
        return String.format(Locale.ROOT, "%d h %02d m", seconds / 3600, seconds / 60 % 60);
    }
}
