package dev.mugv.model.run;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * The one line that shows how far long work is: redrawn in place on a terminal, elsewhere a plain line now and then. Controller
 * and tools draw by it alike. Safe for use by several threads.
 */
public final class ProgressLine {
    private static final Duration LINE_INTERVAL = Duration.ofSeconds(15);
    private static final int NAME_COLUMNS = 22;
    private static final int BAR_COLUMNS = 20;
    private static final int LEAST_COLUMNS = 40;
    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintStream out;
    private final int columns;
    private final Clock clock;
    private Instant lastLine = Instant.MIN;

    /**
     * @param columns width of the terminal behind {@code out}, 0 where there is none
     */
    public ProgressLine(PrintStream out, int columns, Clock clock) {
        this.out = out;
        this.columns = columns;
        this.clock = clock;
    }

    /** Says that something has begun; elsewhere than on a terminal, nothing of it is said for a while. */
    public synchronized void begin(String name) {
        lastLine = clock.instant();
        if (isInteractive()) {
            out.print(ERASE_LINE + padded(name) + " ...");
            out.flush();
        }
    }

    /**
     * Says how far it is.
     *
     * @param share from 0 to 1
     * @param text what else is known
     */
    public synchronized void show(String name, double share, String text) {
        Instant now = clock.instant();
        if (isInteractive()) {
            redraw(padded(name) + " " + bar(share) + " " + text);
        } else if (Duration.between(lastLine, now).compareTo(LINE_INTERVAL) >= 0) {
            lastLine = now;
            out.println(padded(name) + " " + percent(share) + "  " + text);
        }
    }

    /** Says in a line that stays how it ended, for example {@code completed}. */
    public synchronized void end(String name, String state, String took, String counts) {
        line("%s %-10s %8s  %s".formatted(padded(name), state, took, counts).stripTrailing());
    }

    /** A line of its own, above whatever is being redrawn. */
    public synchronized void line(String text) {
        out.println(isInteractive() ? ERASE_LINE + text : text);
        out.flush();
    }

    /** Whether a line can be rewritten in place. */
    private boolean isInteractive() {
        return columns >= LEAST_COLUMNS;
    }

    private void redraw(String text) {
        String cut = text.length() < columns ? text : text.substring(0, columns - 1);
        out.print(ERASE_LINE + cut);
        out.flush();
    }

    private static String bar(double share) {
        int full = (int) Math.round(share * BAR_COLUMNS);
        return "[" + "#".repeat(full) + "-".repeat(BAR_COLUMNS - full) + "] " + percent(share);
    }

    private static String percent(double share) {
        // Rounded down: 100 % is said only when nothing is left.
        return "%3d %%".formatted((int) Math.floor(share * 100));
    }

    private static String padded(String name) {
        return name.length() >= NAME_COLUMNS ? name : name + " ".repeat(NAME_COLUMNS - name.length());
    }
}
