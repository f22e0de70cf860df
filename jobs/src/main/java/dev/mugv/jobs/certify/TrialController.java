package dev.mugv.jobs.certify;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.mugv.jobs.batch.ControllerApplication;
import dev.mugv.jobs.batch.Distribution;
import dev.mugv.jobs.batch.RunOutcome;
import dev.mugv.jobs.batch.StopSignal;
import dev.mugv.jobs.config.ConfigurationFile;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.steps.database.DatabaseAddress;
import dev.mugv.steps.work.Stay;
import dev.mugv.steps.work.StepScope;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkListener;
import dev.mugv.steps.work.WorkProgress;
import dev.mugv.steps.work.WorkRecorder;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.LoggerFactory;

/**
 * The product's controller, in a process of its own that may be killed, with faults in its way to Slurm. Argument: the trial's
 * folder.
 */
public final class TrialController {
    /** Variable with the database's password: neither arguments nor files hold it. */
    static final String PASSWORD = "MUGV_CERTIFY_DATABASE_PASSWORD";

    static final int COMPLETED = 0;
    static final int FAILED = 1;
    static final int STOPPED = 3;
    static final int ALREADY_RUNNING = 4;

    private static final Duration TIME_LIMIT = Duration.ofMinutes(15);

    /** Each trial asks for itself, so that the budget of one run would make trials wait for each other. */
    private static final int CALLS_PER_MINUTE = 600;

    private TrialController() {}

    public static void main(String[] arguments) {
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.INFO);
        int code = run(Path.of(arguments[0]));
        System.out.flush();
        System.exit(code);
    }

    private static int run(Path folder) {
        TrialOrder order = Json.read(folder.resolve(TrialOrder.FILE_NAME), TrialOrder.class);
        FaultFolder faults = new FaultFolder(folder.resolve("faults"));
        DatabaseAddress database = new DatabaseAddress(
                order.databaseUrl(), order.databaseUser(), System.getenv().getOrDefault(PASSWORD, ""));
        try (ControllerApplication application = ControllerApplication.open(
                configuration(order),
                database,
                Distribution.ofThisProcess(),
                new Executioner(faults),
                new ControllerApplication.Manner(
                        Stay.UNTIL_DONE,
                        real -> new FaultyCommandRunner(real, faults, Clock.systemUTC()),
                        // Or the trial whose controller leads would make all others hear its faults.
                        cluster -> cluster.within(order.name())))) {
            return code(application.launch(
                    new ControllerApplication.WorkOfCaller(TrialOrder.STEP, order::plan, new NoRecord()),
                    new StopSignal()));
        }
    }

    private static PipelineConfiguration configuration(TrialOrder order) {
        PipelineConfiguration configuration = ConfigurationFile.read(order.configuration(), PathCheck.SKIPPED);
        return configuration
                .withIdentity(order.name(), order.workspace())
                .withSlurm(configuration
                        .slurm()
                        .withUsualLimit(TrialOrder.STEP, TIME_LIMIT)
                        .withCallsPerMinute(CALLS_PER_MINUTE));
    }

    private static int code(RunOutcome outcome) {
        System.out.println("outcome: " + outcome);
        if (outcome instanceof RunOutcome.Completed) {
            return COMPLETED;
        }
        if (outcome instanceof RunOutcome.Stopped) {
            return STOPPED;
        }
        return outcome instanceof RunOutcome.AlreadyRunning ? ALREADY_RUNNING : FAILED;
    }

    /** Dies at the transition that it was told. */
    private record Executioner(FaultFolder faults) implements WorkListener {
        @Override
        public void progressed(WorkProgress progress) {}

        @Override
        public void changed(StepScope scope, String line) {
            KillPoint.of(line).ifPresent(faults::dieAt);
        }
    }

    /** What is made is counted by its witnesses. */
    private static final class NoRecord implements WorkRecorder {
        @Override
        public void record(int position, WorkItem item, ArtifactRef artifact, Path folder) {}
    }
}
