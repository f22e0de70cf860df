package dev.mugv.jobs.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The words that have a run advanced, from anywhere. */
final class AdvanceCall {
    private AdvanceCall() {}

    static List<String> command(SelectedRun run, String job, List<String> further) {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("mugv.home", "/opt/mugv"))
                        .resolve("mugv")
                        .toString(),
                "advance",
                "--config",
                run.file().toString(),
                "--workspace",
                run.identity().workspace().toString(),
                "--job",
                job));
        words.addAll(further);
        return words;
    }
}
