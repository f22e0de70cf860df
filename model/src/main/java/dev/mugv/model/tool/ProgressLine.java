package dev.mugv.model.tool;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * How far long work is: one line that is redrawn where there is a terminal, a plain line now and then elsewhere.
 */
final class ProgressLine implements AutoCloseable {
    private static final int LEAST_COLUMNS = 40;
    private static final int BAR_COLUMNS = 20;
    private static final Duration REDRAWN = Duration.ofMillis(100);
    private static final Duration WRITTEN = Duration.ofSeconds(15);
    private static final String ERASE_LINE = "\r\u001b[K";

    private final ToolTerminal terminal;
    private final InstantSource clock;
    private Instant last;
    private String doing = "";

    ProgressLine(ToolTerminal terminal, InstantSource clock) {
        this.terminal = terminal;
        this.clock = clock;
        this.last = clock.instant();
    }

    /**
     * Shows progress, unless the line before is too fresh.
     *
     * @param doing for example {@code writing}
     * @param detail behind the share, for example {@code 2.1 of 20.2 GB}
     */
    void show(String doing, long done, long all, String detail) {
        boolean drawn = terminal.columns() >= LEAST_COLUMNS;
        boolean due = drawn && (!doing.equals(this.doing) || done == all);
        Instant now = clock.instant();
        if (!due && now.isBefore(last.plus(drawn ? REDRAWN : WRITTEN))) {
            return;
        }
        last = now;
        this.doing = doing;
        double share = all == 0 ? 1 : (double) done / all;
        if (drawn) {
            int filled = (int) Math.round(share * BAR_COLUMNS);
            String bar = "#".repeat(filled) + "-".repeat(BAR_COLUMNS - filled);
            String line = "%-9s [%s] %3.0f %%  %s".formatted(doing, bar, 100 * share, detail);
            terminal.progress().print(ERASE_LINE + line.substring(0, Math.min(line.length(), terminal.columns() - 1)));
            terminal.progress().flush();
        } else {
            terminal.progress().println("%s: %.0f %%, %s".formatted(doing, 100 * share, detail));
        }
    }

    /** Takes the redrawn line away. */
    @Override
    public void close() {
        if (terminal.columns() >= LEAST_COLUMNS && !doing.isEmpty()) {
            terminal.progress().print(ERASE_LINE);
            terminal.progress().flush();
        }
    }
}
