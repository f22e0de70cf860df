package dev.mugv.jobs.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a completed run leaves for people, all of it below {@code report/}: the page, the videos, the summary.
 *
 * @param workspace the run's
 */
record RunResults(Path workspace) {
    static final String REPORT = "report";

    Path page() {
        return workspace.resolve(REPORT).resolve("index.html");
    }

    /** The table that ends a run, as the report's maker wrote it. */
    Path summary() {
        return workspace.resolve(REPORT).resolve("summary.txt");
    }

    void print(PrintWriter out) {
        try {
            if (Files.exists(summary())) {
                out.println();
                out.println(Files.readString(summary()).stripTrailing());
                out.println();
            }
            out.println("Completed.");
            if (Files.exists(page())) {
                out.println("Report:            " + page().toUri());
                out.println("Generated videos:  " + workspace.resolve(REPORT));
                out.println("A video of yours:  mugv generate --workspace " + workspace + " --prompt \"...\"");
            }
            out.println("Checkpoints:       mugv checkpoints --workspace " + workspace);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
