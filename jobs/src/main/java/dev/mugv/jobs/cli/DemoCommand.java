package dev.mugv.jobs.cli;

import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mugv demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs the whole pipeline on the sample clips that the product ships: no service to install, nothing to"
                    + " configure, a few minutes on two cores.",
            "",
            "The same as 'mugv run --config ops/demo/demo.yaml', except that scripted annotators stand in for people: where that run"
                    + " waits for labels, they give them at an annotation page of its own. Safe to interrupt and to give again."
        },
        footer = {"", "Examples:", "  mugv demo", "  mugv demo --workspace /tmp/demo"})
final class DemoCommand implements Callable<Integer> {
    private static final String HOME = "mugv.home";

    @Option(
            names = {"-w", "--workspace"},
            paramLabel = "FOLDER",
            description = "Where the results go; workspace/demo of the product's folder by default.")
    private @Nullable Path workspace;

    @Option(names = "--verbose", description = "Show log lines and stack traces.")
    private boolean verbose;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        String home = System.getProperty(HOME, "");
        if (home.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot find the demo: expected system property " + HOME
                            + ", found none. Start the product by its 'mugv' script.");
        }
        Path file = Path.of(home, "ops", "demo", "demo.yaml");
        RunOptions options = RunOptions.of(workspace, verbose ? Work.LogPlace.TERMINAL_TOO : Work.LogPlace.FILE);
        SelectedRun run = options.selected(file, PathCheck.REQUIRED);
        Work work =
                new Work(run, spec.commandLine().getOut(), spec.commandLine().getErr());
        try (StandIns people = new StandIns(run, spec.commandLine().getOut())) {
            ExitCode code = work.run(RunCommand.PIPELINE, options.logPlace());
            // Where they have nothing to label, other people are waited for.
            while (code == ExitCode.WAITING && people.label() > 0) {
                code = work.run(RunCommand.PIPELINE, options.logPlace());
            }
            return code.code();
        }
    }
}
