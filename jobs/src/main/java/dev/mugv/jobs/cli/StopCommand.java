package dev.mugv.jobs.cli;

import dev.mugv.jobs.batch.RunLock;
import dev.mugv.jobs.batch.StopRequests;
import dev.mugv.jobs.config.PathCheck;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.springframework.jdbc.core.simple.JdbcClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mugv stop}. */
@Command(
        name = "stop",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Asks a running run to stop, from another terminal, and waits until it has.",
            "",
            "Workers save what they have first. 'mugv resume' goes on."
        },
        footer = {"", "Examples:", "  mugv stop", "  mugv stop --workspace /scratch/try2 --wait 10"})
final class StopCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(200);

    @Mixin
    private RunOptions options = new RunOptions();

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "Longest wait for the stop; 0 only asks. Default: ${DEFAULT-VALUE}.")
    private int waitSeconds;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        SelectedRun run = options.select(PathCheck.SKIPPED);
        return new RunView(run).ask(jdbc -> stop(jdbc, run)).code();
    }

    private ExitCode stop(JdbcClient jdbc, SelectedRun run) {
        PrintWriter out = spec.commandLine().getOut();
        if (!RunLock.isHeldBySomebody(jdbc, run.identity())) {
            out.println("Run '%s' is not running.".formatted(run.identity().name()));
            return ExitCode.COMPLETED;
        }
        new StopRequests(jdbc, run.identity()).put();
        Instant end = Instant.now().plusSeconds(waitSeconds);
        while (Instant.now().isBefore(end)) {
            if (!RunLock.isHeldBySomebody(jdbc, run.identity())) {
                out.println("Run '%s' has stopped. Go on with: mugv resume --workspace %s"
                        .formatted(run.identity().name(), run.identity().workspace()));
                return ExitCode.COMPLETED;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return ExitCode.INTERRUPTED;
            }
        }
        out.println("Run '%s' has been asked to stop; it is still at work. See 'mugv status'."
                .formatted(run.identity().name()));
        return waitSeconds == 0 ? ExitCode.COMPLETED : ExitCode.OUTCOME_UNKNOWN;
    }
}
