package dev.mugv.jobs.cli;

import dev.mugv.jobs.batch.ControllerApplication;
import dev.mugv.jobs.batch.Distribution;
import dev.mugv.jobs.batch.RunOutcome;
import dev.mugv.jobs.batch.StopSignal;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.database.DatabaseAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/** What all commands do that start work: open everything, run one job, say how it ended and how to go on. */
final class Work {
    private final SelectedRun run;
    private final PrintWriter out;
    private final PrintWriter err;

    Work(SelectedRun run, PrintWriter out, PrintWriter err) {
        this.run = run;
        this.out = out;
        this.err = err;
    }

    /**
     * Runs a job of the run.
     *
     * @param job its name
     * @param log where else than into its file the controller's log goes
     */
    ExitCode run(String job, LogPlace log) {
        Path workspace = prepareWorkspace();
        ControllerLog.toFile(workspace.resolve("logs").resolve("controller.log"));
        if (log == LogPlace.TERMINAL_TOO) {
            ControllerLog.alsoToTerminal();
        }
        DatabaseAddress database = new RunDatabase(run, System.getenv()).openForWork();
        new AuditStart(run, database).check(err);
        RunRecord.of(run, job).write(System.getenv());

        ProgressDisplay display = new ProgressDisplay(Terminal.ofThisProcess(), Clock.systemDefaultZone());
        StopSignal stop = new StopSignal();
        new StopSwitch(stop, display).install();
        display.line("Run '%s', job %s, workspace %s".formatted(run.identity().name(), job, workspace));
        try (ControllerApplication application =
                ControllerApplication.open(run.configuration(), database, Distribution.ofThisProcess(), display)) {
            return conclude(application.launch(job, display, stop), log);
        }
    }

    /** Makes the workspace, where it is not there yet. */
    Path prepareWorkspace() {
        Path workspace = run.identity().workspace();
        try {
            Files.createDirectories(workspace.resolve("logs"));
            return workspace;
        } catch (IOException e) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot use the workspace '%s': expected a writable folder, found: %s. Correct 'workspace' or --workspace."
                            .formatted(workspace, e),
                    e);
        }
    }

    /** Says how a launch ended. */
    ExitCode conclude(RunOutcome outcome, LogPlace log) {
        if (outcome instanceof RunOutcome.Completed) {
            new RunResults(run.identity().workspace()).print(out);
            return ExitCode.COMPLETED;
        }
        if (outcome instanceof RunOutcome.Stopped) {
            err.println("Stopped. Go on with: " + howToGoOn());
            return ExitCode.STOPPED;
        }
        if (outcome instanceof RunOutcome.Waiting waiting) {
            out.println(waiting.message());
            out.println("Label at /annotate of 'mugv serve --annotate --workspace %s'; then go on with: %s"
                    .formatted(run.identity().workspace(), howToGoOn()));
            out.flush();
            return ExitCode.WAITING;
        }
        if (outcome instanceof RunOutcome.AlreadyRunning) {
            err.println(
                    ("Cannot start run '%s': another process is at work on it in '%s'. See 'mugv status', or stop it"
                                    + " with 'mugv stop'.")
                            .formatted(run.identity().name(), run.identity().workspace()));
            return ExitCode.ALREADY_RUNNING;
        }
        RunOutcome.Failed failed = (RunOutcome.Failed) outcome;
        err.println(failed.message());
        err.println("What is finished is kept. Go on with: " + howToGoOn());
        if (log == LogPlace.TERMINAL_TOO) {
            failed.cause().printStackTrace(err);
        }
        return ExitCode.of(failed.kind());
    }

    private String howToGoOn() {
        return "mugv resume --workspace " + run.identity().workspace();
    }

    /** Where the controller's log goes. */
    enum LogPlace {
        FILE,
        TERMINAL_TOO
    }
}
