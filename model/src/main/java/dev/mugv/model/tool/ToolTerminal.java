package dev.mugv.model.tool;

import java.io.PrintStream;

/**
 * Where a tool speaks to its user.
 *
 * @param out answers, which may be piped
 * @param progress what passes: progress and notes
 * @param columns width of the terminal behind {@code progress}, 0 where there is none
 */
record ToolTerminal(PrintStream out, PrintStream progress, int columns) {
    /** System property by which the command line hands on what the {@code mugv} script found; Java cannot tell reliably. */
    private static final String COLUMNS = "mugv.columns";

    static ToolTerminal ofThisProcess() {
        return new ToolTerminal(System.out, System.err, Integer.getInteger(COLUMNS, 0));
    }
}
