package dev.mugv.jobs.cli;

import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.run.AttemptFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mugv logs}. */
@Command(
        name = "logs",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Shows what the workers of a run say: those at work, or the last ones where none is.",
            "",
            "The controller's own log is <workspace>/logs/controller.log."
        },
        footer = {
            "",
            "Examples:",
            "  mugv logs -f",
            "  mugv logs --step train-vae --lines 200",
            "  mugv logs --failed    the last failed attempts"
        })
final class LogsCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(300);
    private static final int MOST_ATTEMPTS = 16;

    /** All tasks of an array as one stream; beyond this many a terminal shows nothing that a person can read. */
    private static final int MOST_FOLLOWED = 2000;

    /** Folders on shared storage that are looked at in a second, about: a stream of many tasks comes in larger steps. */
    private static final int FOLDERS_A_SECOND = 500;

    @Mixin
    private RunOptions options = new RunOptions();

    @Option(
            names = {"-f", "--follow"},
            description = "Go on showing what is added, new workers included, until Ctrl-C.")
    private boolean follow;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            defaultValue = "20",
            description = "Lines of each log to begin with. Default: ${DEFAULT-VALUE}.")
    private int lines;

    @Option(names = "--step", paramLabel = "STEP", description = "Only workers of this step.")
    private @Nullable String step;

    @Option(names = "--failed", description = "Logs of failed attempts instead.")
    private boolean failed;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    record Attempt(String token, int index, String label) {}

    @Override
    public Integer call() {
        SelectedRun run = options.select(PathCheck.SKIPPED);
        return new RunView(run).ask(jdbc -> show(jdbc, run)).code();
    }

    private ExitCode show(JdbcClient jdbc, SelectedRun run) {
        PrintWriter out = spec.commandLine().getOut();
        LogTail tail = new LogTail(out, lines);
        int shown = showOnce(jdbc, run, tail);
        if (shown == 0 && !follow) {
            out.println("No worker of run '%s' has written a log yet."
                    .formatted(run.identity().name()));
        }
        while (follow) {
            out.flush();
            try {
                TimeUnit.MILLISECONDS.sleep(POLL.toMillis() + 1000L * shown / FOLDERS_A_SECOND);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return ExitCode.INTERRUPTED;
            }
            shown = showOnce(jdbc, run, tail);
        }
        out.flush();
        return ExitCode.COMPLETED;
    }

    /** Shows what is new; of how many attempts there is a log. */
    private int showOnce(JdbcClient jdbc, SelectedRun run, LogTail tail) {
        int shown = 0;
        for (Attempt attempt : attempts(jdbc, run.identity().name())) {
            Path folder = AttemptFolder.of(run.identity().workspace(), attempt.token(), attempt.index())
                    .path();
            shown += tail.show(attempt.label(), folder) ? 1 : 0;
        }
        return shown;
    }

    /** Open attempts, or else the last submission's; oldest first. */
    List<Attempt> attempts(JdbcClient jdbc, String runName) {
        String wanted = failed
                ? "state IN ('FAILED', 'SUSPECT')"
                : "(state = 'OPEN' OR token = (SELECT token FROM attempt WHERE run_name = :run"
                        + " AND (:step::text IS NULL OR step_name = :step) ORDER BY created_at DESC LIMIT 1))";
        List<Attempt> newestFirst = jdbc.sql("""
                        SELECT token, logical_index, step_name || '/' || label AS label FROM attempt
                        WHERE run_name = :run AND (:step::text IS NULL OR step_name = :step) AND %s
                        ORDER BY created_at DESC, logical_index DESC LIMIT :most
                        """.formatted(wanted))
                .param("run", runName)
                .param("step", step)
                .param("most", follow ? MOST_FOLLOWED : MOST_ATTEMPTS)
                .query((row, number) ->
                        new Attempt(row.getString("token"), row.getInt("logical_index"), row.getString("label")))
                .list();
        List<Attempt> oldestFirst = new java.util.ArrayList<>(newestFirst);
        java.util.Collections.reverse(oldestFirst);
        return oldestFirst;
    }
}
