package dev.mugv.jobs.cli;

import dev.mugv.jobs.batch.ControllerApplication;
import dev.mugv.jobs.batch.Distribution;
import dev.mugv.jobs.batch.RunLock;
import dev.mugv.jobs.batch.StopRequests;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.steps.database.DatabaseAddress;
import dev.mugv.steps.work.AttemptEntry;
import dev.mugv.steps.work.Cancellation;
import dev.mugv.steps.work.Waiter;
import dev.mugv.steps.work.WorkListener;
import dev.mugv.steps.work.WorkSettings;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mugv cancel}. */
@Command(
        name = "cancel",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Ends what runs or waits of a run, of a step or of one job, whether a controller is at work or none.",
            "",
            "What waits is cancelled at once; what runs is asked to save and leave, and cancelled when it has not left in time. Who"
                    + " did it stands in the ledger. A controller at work does not try again what was cancelled: its step fails as"
                    + " CANCELLED when the rest of it is done. 'mugv resume' tries again."
        },
        footer = {
            "",
            "Examples:",
            "  mugv cancel --note \"the nodes are needed\"    everything of the run, and its controller stops",
            "  mugv cancel --step curate-videos",
            "  mugv cancel 1234_7                           one Slurm job"
        })
final class CancelCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options = new RunOptions();

    @Parameters(
            arity = "0..*",
            paramLabel = "JOB",
            description = "Slurm job (123_4, 123), token, or name of a piece. Without one: every open attempt.")
    private List<String> jobs = List.of();

    @Option(names = "--step", paramLabel = "STEP", description = "Only attempts of this step.")
    private Optional<String> step = Optional.empty();

    @Option(names = "--note", paramLabel = "TEXT", defaultValue = "", description = "Why, for the record.")
    private String note = "";

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description =
                    "Longest wait beyond the time that workers have to save; 0 only asks. Default: ${DEFAULT-VALUE}.")
    private int waitSeconds;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        SelectedRun run = options.select(PathCheck.SKIPPED);
        ControllerLog.silent();
        PrintWriter out = spec.commandLine().getOut();
        DatabaseAddress database = new RunDatabase(run, System.getenv()).openForWork();
        JdbcClient jdbc = JdbcClient.create(database.dataSource());
        boolean everything = jobs.isEmpty() && step.isEmpty();
        if (everything && RunLock.isHeldBySomebody(jdbc, run.identity())) {
            new StopRequests(jdbc, run.identity()).put();
            out.println("The run's controller has been asked to stop.");
        }
        try (ControllerApplication application = ControllerApplication.open(
                run.configuration(), database, Distribution.ofThisProcess(), WorkListener.silent())) {
            List<AttemptEntry> wanted = wanted(jdbc, application, run);
            if (wanted.isEmpty()) {
                out.println("Nothing of run '%s' runs or waits."
                        .formatted(run.identity().name()));
                return ExitCode.COMPLETED.code();
            }
            Cancellation cancellation = new Cancellation(
                    application.ledger(),
                    application.executor(),
                    run.identity().workspace(),
                    WorkSettings.Limits.cluster().stopGrace(),
                    Waiter.system(),
                    Clock.systemUTC());
            return say(
                            cancellation.cancel(
                                    wanted, new Cancellation.Wish(who(), note), Duration.ofSeconds(waitSeconds)),
                            out)
                    .code();
        }
    }

    private List<AttemptEntry> wanted(JdbcClient jdbc, ControllerApplication application, SelectedRun run) {
        AttemptQuery query = new AttemptQuery(jdbc, run.identity().name());
        Set<ElementId> named = jobs.stream()
                .flatMap(job -> query.named(job).stream())
                .map(AttemptQuery.Row::element)
                .collect(Collectors.toSet());
        return application.ledger().openAttempts(run.identity().name()).stream()
                .filter(attempt -> jobs.isEmpty() || named.contains(attempt.element()))
                .filter(attempt -> step.isEmpty() || attempt.scope().stepName().equals(step.get()))
                .toList();
    }

    private ExitCode say(Cancellation.Result result, PrintWriter out) {
        out.println("%d cancelled and over, %d asked and not over yet."
                .formatted(result.ended().size(), result.ending().size()));
        result.troubles()
                .forEach(trouble -> out.println("No answer (" + trouble
                        + "): the order stands, and the next controller of the run gives it again."));
        out.flush();
        return result.ending().isEmpty() || waitSeconds == 0 ? ExitCode.COMPLETED : ExitCode.OUTCOME_UNKNOWN;
    }

    private static String who() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "unknown host";
        }
        return System.getProperty("user.name") + "@" + host;
    }
}
