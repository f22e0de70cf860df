package dev.mugv.jobs.cli;

import dev.mugv.jobs.config.ConfigurationFile;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options by which a command says which run it means. */
final class RunOptions {
    private static final String VARIABLE = "MUGV_CONFIG";
    private static final Path HERE = Path.of("mugv.yaml");

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = {
                "Configuration of the run. Without it: the run in --workspace, else the file that $MUGV_CONFIG names,"
                        + " else mugv.yaml in the current folder, else the run that was last started here."
            })
    private @Nullable Path config;

    @Option(
            names = {"-w", "--workspace"},
            paramLabel = "FOLDER",
            description = "Workspace to use instead of the configuration's.")
    private @Nullable Path workspace;

    @Option(names = "--verbose", description = "Show log lines and stack traces.")
    private boolean verbose;

    /** Options as another command collected them. */
    static RunOptions of(@Nullable Path workspace, Work.LogPlace log) {
        RunOptions options = new RunOptions();
        options.workspace = workspace;
        options.verbose = log == Work.LogPlace.TERMINAL_TOO;
        return options;
    }

    Work.LogPlace logPlace() {
        return verbose ? Work.LogPlace.TERMINAL_TOO : Work.LogPlace.FILE;
    }

    /** The run meant, with its file. */
    SelectedRun select(PathCheck paths) {
        return selected(file(), paths);
    }

    /** The run meant, whose workspace must be there: for commands about what was made in it, which would otherwise begin an empty one. */
    SelectedRun selectMade(String object) {
        SelectedRun run = select(PathCheck.SKIPPED);
        Path expected = run.identity().workspace();
        if (!Files.isDirectory(expected)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot find '%s': expected the workspace '%s' of run '%s', found nothing. Correct --workspace, or start the run by 'mugv run'."
                            .formatted(object, expected, run.identity().name()));
        }
        return run;
    }

    /** The run of this file, in the workspace that was asked for. */
    SelectedRun selected(Path file, PathCheck paths) {
        PipelineConfiguration read = ConfigurationFile.read(file, paths);
        PipelineConfiguration placed = workspace == null
                ? read
                : read.withWorkspace(workspace.toAbsolutePath().normalize());
        return new SelectedRun(file.toAbsolutePath().normalize(), placed);
    }

    private Path file() {
        if (config != null) {
            return config;
        }
        if (workspace != null) {
            Optional<RunRecord> there = RunRecord.find(workspace);
            if (there.isEmpty()) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot find a run in workspace '%s': expected '%s', found nothing. Start one with --config FILE."
                                .formatted(workspace, workspace.resolve(RunRecord.FILE_NAME)));
            }
            return Path.of(there.get().configuration());
        }
        String variable = System.getenv().getOrDefault(VARIABLE, "");
        if (!variable.isEmpty()) {
            return Path.of(variable);
        }
        if (Files.exists(HERE)) {
            return HERE;
        }
        RunRecord last = RunRecord.lastStarted(System.getenv())
                .orElseThrow(() -> new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot tell which run is meant: expected --config, --workspace, $MUGV_CONFIG or a file"
                                + " mugv.yaml here, found none. Name one, or start with 'mugv demo'."));
        workspace = Path.of(last.workspace());
        return Path.of(last.configuration());
    }
}
