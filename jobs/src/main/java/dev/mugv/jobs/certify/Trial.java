package dev.mugv.jobs.certify;

import dev.mugv.jobs.batch.Distribution;
import dev.mugv.jobs.certify.Testimonies.RunTestimony;
import dev.mugv.model.run.Json;
import dev.mugv.slurm.command.CommandResult;
import dev.mugv.slurm.command.CommandRunner;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.steps.work.AttemptEntry;
import dev.mugv.steps.work.AttemptState;
import dev.mugv.steps.work.StepScope;
import dev.mugv.steps.work.SubmissionEntry;
import dev.mugv.steps.work.SubmissionLedger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One fault tried on one run of its own: starts, kills and waits for the run's controllers, and keeps account of what was done to
 * which attempt. Used by one thread.
 */
final class Trial implements AutoCloseable {
    static final int KILLED = 128 + 9;

    /** On a machine that others use too a trial of ten controllers in a row took over eight minutes, and nothing was wrong. */
    private static final Duration PATIENCE = Duration.ofMinutes(25);

    private static final Duration LOOK = Duration.ofMillis(200);

    private final CertificationSettings settings;
    private final TrialOrder order;
    private final SubmissionLedger ledger;
    private final CommandRunner slurm;
    private final FaultFolder faults;
    private final Set<ElementId> hits = new HashSet<>();
    private final Map<ElementId, Injury> injuries = new HashMap<>();
    private final List<Process> controllers = new ArrayList<>();
    private final long deadline = System.nanoTime() + PATIENCE.toNanos();

    Trial(CertificationSettings settings, TrialOrder order, SubmissionLedger ledger, CommandRunner slurm) {
        this.settings = settings;
        this.order = order;
        this.ledger = ledger;
        this.slurm = slurm;
        this.faults = new FaultFolder(order.workspace().resolve("faults"));
        try {
            Files.createDirectories(order.workspace());
            Files.writeString(order.workspace().resolve(TrialOrder.FILE_NAME), Json.pretty(order));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a controller of the trial's run. */
    Process start() {
        ProcessBuilder builder = new ProcessBuilder(
                Distribution.java().toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-D" + Distribution.PROPERTY + "=" + settings.distribution().folder(),
                "-cp",
                System.getProperty("java.class.path"),
                TrialController.class.getName(),
                order.workspace().toString());
        builder.environment().putAll(settings.environment());
        builder.environment().put(TrialController.PASSWORD, settings.database().password());
        builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        order.workspace().resolve("controllers.log").toFile()))
                .redirectInput(Path.of("/dev/null").toFile());
        try {
            Process controller = builder.start();
            controllers.add(controller);
            return controller;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for a controller's end; its exit code. */
    int end(Process controller) {
        until("the end of the controller", () -> !controller.isAlive());
        return controller.exitValue();
    }

    /** Waits for the controller's end, which must be that of completed work. */
    void completes(Process controller) {
        int code = end(controller);
        if (code != TrialController.COMPLETED) {
            throw new TrialFailure("the controller ended with exit code %d, see '%s'"
                    .formatted(code, order.workspace().resolve("controllers.log")));
        }
    }

    void until(String what, BooleanSupplier reached) {
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new TrialFailure("%s did not come within %d min".formatted(what, PATIENCE.toMinutes()));
            }
            pause(LOOK);
        }
    }

    void pause(Duration duration) {
        try {
            TimeUnit.NANOSECONDS.sleep(duration.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TrialFailure("interrupted");
        }
    }

    /** Keeps every piece's first run at work until {@link #letGo}. */
    void hold() {
        try {
            Files.createFile(order.workspace().resolve(TrialOrder.HOLD));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void letGo() {
        try {
            Files.deleteIfExists(order.workspace().resolve(TrialOrder.HOLD));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    FaultFolder faults() {
        return faults;
    }

    List<AttemptEntry> attempts() {
        return ledger.attempts(scope());
    }

    List<SubmissionEntry> submissions() {
        return ledger.submissions(scope());
    }

    List<RunTestimony> testimonies() {
        return new Testimonies(order.workspace()).read();
    }

    /** Runs that are at work by their own word. */
    List<RunTestimony> atWork() {
        return testimonies().stream().filter(run -> !run.isOver()).toList();
    }

    void untilAtWork(int runs) {
        until(runs + " runs at work", () -> atWork().size() >= runs);
    }

    /** Counts every attempt that is open now as hit. */
    void hitOpen() {
        attempts().stream()
                .filter(attempt -> attempt.state() == AttemptState.OPEN)
                .forEach(attempt -> hits.add(attempt.element()));
    }

    /** Counts every attempt so far as hit. */
    void hitAll() {
        attempts().forEach(attempt -> hits.add(attempt.element()));
    }

    void injure(ElementId element, Injury injury) {
        injuries.put(element, injury);
        hits.add(element);
    }

    /** Slurm's name for an attempt. */
    String slurmId(ElementId element) {
        return submissions().stream()
                .filter(row -> row.token().equals(element.token()))
                .flatMap(row -> row.externalId().stream())
                .map(job -> job + "_" + element.index())
                .findFirst()
                .orElseThrow(() -> new TrialFailure("the ledger has no Slurm job for " + element));
    }

    /** Gives Slurm an order behind the controller's back; whether it was taken. */
    boolean slurm(String... command) {
        return slurm.run(List.of(command), settings.configuration().slurm().commandTimeout())
                        instanceof CommandResult.Finished finished
                && finished.exitCode() == 0;
    }

    /** Stops a controller in its tracks, as a machine does that swaps, and lets it go on. */
    void signal(Process controller, String signal) {
        try {
            int code = new ProcessBuilder("kill", "-" + signal, Long.toString(controller.pid()))
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new TrialFailure("signal " + signal + " was not taken");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TrialFailure("interrupted");
        }
    }

    Set<ElementId> hits() {
        return Set.copyOf(hits);
    }

    Map<ElementId, Injury> injuries() {
        return Map.copyOf(injuries);
    }

    StepScope scope() {
        return new StepScope(order.name(), TrialOrder.STEP);
    }

    /** Ends what is left of the controllers. */
    @Override
    public void close() {
        letGo();
        controllers.forEach(Process::destroyForcibly);
    }

    /** The trial did not go as it must; counts as a loss. */
    static final class TrialFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TrialFailure(String message) {
            super(message);
        }
    }
}
