package dev.mugv.jobs.cli;

import java.io.PrintStream;

/**
 * The terminal as the {@code mugv} script found it; Java cannot tell reliably.
 *
 * @param out where progress goes: standard error, so that answers can be piped
 * @param columns width, 0 where there is no terminal
 */
record Terminal(PrintStream out, int columns) {
    private static final String COLUMNS = "mugv.columns";

    static Terminal ofThisProcess() {
        return new Terminal(System.err, Integer.getInteger(COLUMNS, 0));
    }
}
