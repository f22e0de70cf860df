package dev.mugv.jobs.cli;

import dev.mugv.jobs.batch.ClusterLink;
import dev.mugv.jobs.batch.ControllerApplication;
import dev.mugv.jobs.batch.Distribution;
import dev.mugv.jobs.batch.RunOutcome;
import dev.mugv.jobs.batch.StopSignal;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.jobs.query.RunStatus;
import dev.mugv.jobs.query.StatusQuery;
import dev.mugv.model.config.ExecutorKind;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.database.DatabaseAddress;
import dev.mugv.steps.work.FollowUpLedger;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.springframework.jdbc.core.simple.JdbcClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mugv advance}. */
@Command(
        name = "advance",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Does what there is to do at the moment and leaves: judges what has ended, submits what is ready.",
            "",
            "Work goes on without a controller; the next 'mugv advance' takes it up. For cron, scrontab and follow-up jobs, where no process"
                    + " may stay on a login node ('mugv submit' writes the entries). Stays up to some minutes where only a look that"
                    + " lasts can tell. Does nothing when the job is completed or people have not labelled yet, and leaves a failed one to"
                    + " 'mugv resume'."
        },
        footer = {
            "",
            "Examples:",
            "  mugv advance --workspace /scratch/try2",
            "  mugv advance --config my.yaml --job pretrain     starts it, if it has not begun",
            "  mugv advance --config my.yaml --follow-up        and has itself called again when what runs has ended"
        })
final class AdvanceCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options = new RunOptions();

    @Option(
            names = {"-j", "--job"},
            paramLabel = "JOB",
            description = "Job, as of 'mugv run'. Default: the run's last one, else pipeline.")
    private Optional<String> job = Optional.empty();

    @Option(
            names = "--follow-up",
            description =
                    "Submit a Slurm job that gives this command again when what is at work now has ended. Needs database.url,"
                            + " reachable from nodes.")
    private boolean followUp;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        SelectedRun run = options.select(PathCheck.REQUIRED);
        PrintWriter out = spec.commandLine().getOut();
        if (followUp) {
            FollowUp.requireReach(run);
        }
        Path workspace = new Work(run, out, spec.commandLine().getErr()).prepareWorkspace();
        ControllerLog.toFile(workspace.resolve("logs").resolve("controller.log"));
        if (options.logPlace() == Work.LogPlace.TERMINAL_TOO) {
            ControllerLog.alsoToTerminal();
        }
        String name =
                job.or(() -> RunRecord.find(workspace).map(RunRecord::job)).orElse(RunCommand.PIPELINE);
        DatabaseAddress database = new RunDatabase(run, System.getenv()).openForWork();
        new AuditStart(run, database).check(spec.commandLine().getErr());
        RunRecord.of(run, name).write(System.getenv());
        JdbcClient jdbc = JdbcClient.create(database.dataSource());
        Optional<ExitCode> settled =
                settled(new StatusQuery(jdbc, run.identity(), LocalDateTime.now()).status(), name, out);
        return settled.orElseGet(() -> advance(run, name, database, out)).code();
    }

    /** What needs no controller: a completed job would begin its next round, a failed one would try again each time. */
    static Optional<ExitCode> settled(RunStatus status, String job, PrintWriter out) {
        Optional<RunStatus.JobStatus> last =
                status.jobs().stream().filter(each -> each.job().equals(job)).findFirst();
        if (last.isEmpty() || status.state().equals("RUNNING")) {
            return Optional.empty();
        }
        if (status.state().equals("WAITING")
                && StatusQuery.latest(status.jobs()).equals(last)
                && !status.waiting().stream().allMatch(RunStatus.Awaited::isComplete)) {
            status.waiting().forEach(awaited -> out.println("Waiting for people: " + awaited.words() + "."));
            out.println(
                    "They label at /annotate of 'mugv serve --annotate --workspace %s'; the next 'mugv advance' after that goes on."
                            .formatted(status.workspace()));
            out.flush();
            return Optional.of(ExitCode.WAITING);
        }
        return switch (last.get().status()) {
            case "COMPLETED" -> {
                out.println("Completed: there is nothing to do. 'mugv run' begins the next round.");
                yield Optional.of(ExitCode.COMPLETED);
            }
            case "FAILED" -> {
                String message = last.get().steps().stream()
                        .filter(step -> step.status().equals("FAILED"))
                        .map(RunStatus.StepStatus::message)
                        .findFirst()
                        .orElse("see 'mugv status'");
                throw new WorkFailure(
                        FailureKind.TRANSIENT,
                        "Cannot advance job %s: it has failed (%s). Remove the cause, then 'mugv resume --workspace %s'."
                                .formatted(job, message, status.workspace()));
            }
            default -> Optional.empty();
        };
    }

    private ExitCode advance(SelectedRun run, String name, DatabaseAddress database, PrintWriter out) {
        ProgressDisplay display = new ProgressDisplay(Terminal.ofThisProcess(), Clock.systemDefaultZone());
        StopSignal stop = new StopSignal();
        new StopSwitch(stop, display).install();
        try (ControllerApplication application = ControllerApplication.open(
                run.configuration(),
                database,
                Distribution.ofThisProcess(),
                display,
                ControllerApplication.Manner.passing())) {
            RunOutcome outcome = application.launch(name, display, stop);
            if (!(outcome instanceof RunOutcome.Stopped)) {
                return new Work(run, out, spec.commandLine().getErr()).conclude(outcome, options.logPlace());
            }
            List<String> atWork = application
                    .ledger()
                    .openAttempts(run.identity().name())
                    .stream()
                    .map(attempt -> attempt.element().token())
                    .distinct()
                    .toList();
            out.println("Left: %d submissions are at work or wait. The next 'mugv advance' goes on."
                    .formatted(atWork.size()));
            if (followUp && !atWork.isEmpty()) {
                out.println(submitFollowUp(run, name, application, database, atWork));
            }
            return ExitCode.COMPLETED;
        }
    }

    private static String submitFollowUp(
            SelectedRun run,
            String job,
            ControllerApplication application,
            DatabaseAddress database,
            List<String> tokens) {
        if (run.configuration().executor() != ExecutorKind.SLURM) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot submit a follow-up job: expected 'executor: slurm', found 'local'. Use 'mugv submit --every' instead.");
        }
        List<String> jobs = tokens.stream()
                .flatMap(token -> application.ledger().submission(token).stream())
                .flatMap(row -> row.externalId().stream())
                .toList();
        FollowUpLedger ledger = new FollowUpLedger(JdbcClient.create(database.dataSource()));
        Optional<String> own = Optional.ofNullable(System.getenv(FollowUp.TOKEN_VARIABLE));
        try (ClusterLink link = ClusterLink.of(run.configuration().slurm())) {
            return new FollowUp(run, job)
                    .submit(link.client(), ledger, jobs, own, Clock.systemUTC().instant());
        }
    }
}
