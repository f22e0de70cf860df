package dev.mugv.jobs.cli;

import dev.mugv.jobs.config.PathCheck;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mugv report}. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Says where the report of a run is: one folder that opens in a browser without a network.",
            "",
            "'mugv run --job evaluate' brings it up to date."
        },
        footer = {"", "Examples:", "  mugv report", "  xdg-open \"$(mugv report)\""})
final class ReportCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options = new RunOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        SelectedRun run = options.select(PathCheck.SKIPPED);
        RunResults results = new RunResults(run.identity().workspace());
        PrintWriter out = spec.commandLine().getOut();
        if (!Files.exists(results.page())) {
            spec.commandLine()
                    .getErr()
                    .println(
                            "Cannot show the report of run '%s': expected '%s', found nothing. Run 'mugv run --job evaluate'."
                                    .formatted(run.identity().name(), results.page()));
            return ExitCode.NOT_FOUND.code();
        }
        out.println(results.page());
        out.flush();
        return ExitCode.COMPLETED.code();
    }
}
