package dev.mugv.jobs.batch;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.audit.AuditEvent;
import dev.mugv.steps.audit.AuditKind;
import dev.mugv.steps.audit.AuditLog;
import dev.mugv.steps.database.DatabaseAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.AbstractJob;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInstance;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.launch.JobExecutionNotRunningException;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.listener.StepExecutionListener;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.AbstractStep;
import org.springframework.batch.core.step.StepExecution;

/**
 * Starts, restarts and stops the jobs of one run, as its only controller.
 *
 * <p>A job's instance is (run, workspace, round). An execution that did not complete is restarted with its old parameters,
 * so that steps find their contexts again; after a completed one the next round begins, in which content decides what is
 * up to date.
 */
public final class RunLauncher {
    private static final Logger LOG = LoggerFactory.getLogger(RunLauncher.class);
    private static final String RUN = "run";
    private static final String WORKSPACE = "workspace";
    private static final String ROUND = "round";
    private static final Duration STOP_POLL = Duration.ofMillis(500);

    private final JobOperator operator;
    private final JobRepository repository;
    private final DatabaseAddress database;
    private final StopRequests stopRequests;
    private final RunIdentity run;
    private final AuditLog audit;

    // Six parts because each is a port of its own and this is where they meet.
    public RunLauncher(
            JobOperator operator,
            JobRepository repository,
            DatabaseAddress database,
            StopRequests stopRequests,
            RunIdentity run,
            AuditLog audit) {
        this.operator = operator;
        this.repository = repository;
        this.database = database;
        this.stopRequests = stopRequests;
        this.run = run;
        this.audit = audit;
    }

    /**
     * Runs a job to its end, which may take days.
     *
     * @param steps told of every step of the job
     * @param stop asked for a stop by another thread
     */
    public RunOutcome launch(Job job, StepExecutionListener steps, StopSignal stop) {
        Optional<RunLock> acquired = RunLock.tryAcquire(database, run);
        if (acquired.isEmpty()) {
            return new RunOutcome.AlreadyRunning();
        }
        ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(runnable -> {
            Thread thread = new Thread(runnable, "stop-watch");
            thread.setDaemon(true);
            return thread;
        });
        try (RunLock lock = acquired.get()) {
            stopRequests.clear();
            recover(job);
            listen(job, steps);
            watch.scheduleWithFixedDelay(
                    () -> passOnStop(job, lock, stop), 0, STOP_POLL.toMillis(), TimeUnit.MILLISECONDS);
            note(AuditKind.CONTROLLER_STARTED, job, Map.of());
            RunOutcome outcome = outcome(operator.start(job, nextParameters(job)));
            note(AuditKind.CONTROLLER_ENDED, job, facts(outcome));
            return outcome;
        } catch (Exception e) {
            throw new IllegalStateException("Spring Batch refused job " + job.getName() + " of run " + run, e);
        } finally {
            watch.shutdownNow();
            stopRequests.clear();
        }
    }

    private void note(AuditKind kind, Job job, Map<String, Object> facts) {
        TreeMap<String, Object> detail = new TreeMap<>(facts);
        detail.put("workspace", run.workspace().toString());
        audit.append(AuditEvent.of(kind, run.name(), job.getName(), detail));
    }

    private static Map<String, Object> facts(RunOutcome outcome) {
        if (outcome instanceof RunOutcome.Failed failed) {
            return Map.of("outcome", "FAILED", "step", failed.step(), "message", failed.message());
        }
        if (outcome instanceof RunOutcome.Waiting waiting) {
            return Map.of("outcome", "WAITING", "step", waiting.step(), "message", waiting.message());
        }
        return Map.of("outcome", outcome instanceof RunOutcome.Completed ? "COMPLETED" : "STOPPED");
    }

    /** Under the lock nobody else is at work: what looks alive in the tables died with its controller. */
    private void recover(Job job) {
        executions(job).stream().filter(JobExecution::isRunning).forEach(operator::recover);
    }

    private JobParameters nextParameters(Job job) {
        Optional<JobExecution> last = executions(job).stream().max(Comparator.comparingLong(RunLauncher::round));
        if (last.isPresent() && last.get().getStatus() != BatchStatus.COMPLETED) {
            return last.get().getJobParameters();
        }
        JobParameters next =
                parameters(last.map(execution -> round(execution) + 1).orElse(1L));
        JobInstance orphan = repository.getJobInstance(job.getName(), next);
        if (orphan != null) {
            // A controller died between creating the instance and its execution; Spring Batch cannot launch such a one.
            repository.deleteJobInstance(orphan);
        }
        return next;
    }

    /** The last execution of each of the run's instances of this job. */
    private List<JobExecution> executions(Job job) {
        return repository.findJobInstances(job.getName()).stream()
                .map(repository::getLastJobExecution)
                .filter(Objects::nonNull)
                .filter(execution ->
                        run.name().equals(execution.getJobParameters().getString(RUN))
                                && run.workspace()
                                        .toString()
                                        .equals(execution.getJobParameters().getString(WORKSPACE)))
                .toList();
    }

    private JobParameters parameters(long round) {
        return new JobParametersBuilder()
                .addString(RUN, run.name())
                .addString(WORKSPACE, run.workspace().toString())
                .addLong(ROUND, round)
                .toJobParameters();
    }

    private static long round(JobExecution execution) {
        Long round = execution.getJobParameters().getLong(ROUND);
        return round == null ? 0 : round;
    }

    private static void listen(Job job, StepExecutionListener listener) {
        if (job instanceof AbstractJob steps) {
            for (String name : steps.getStepNames()) {
                if (steps.getStep(name) instanceof AbstractStep step) {
                    step.registerStepExecutionListener(listener);
                }
            }
        }
    }

    private void passOnStop(Job job, RunLock lock, StopSignal stop) {
        try {
            if (!lock.isHeld() || stop.isRequested() || stopRequests.isPresent()) {
                stop.request();
                for (JobExecution execution : repository.findRunningJobExecutions(job.getName())) {
                    boolean ours = run.workspace()
                            .toString()
                            .equals(execution.getJobParameters().getString(WORKSPACE));
                    if (ours && !execution.isStopping()) {
                        operator.stop(execution);
                    }
                }
            }
        } catch (JobExecutionNotRunningException endedMeanwhile) {
            LOG.debug("the execution ended before it could be stopped", endedMeanwhile);
        } catch (RuntimeException e) {
            // The next look may find the database again; a scheduled task that throws would never look again.
            LOG.warn("the wish to stop could not be read", e);
        }
    }

    private static RunOutcome outcome(JobExecution execution) {
        return switch (execution.getStatus()) {
            case COMPLETED -> new RunOutcome.Completed();
            case STOPPED, STOPPING -> stopped(execution);
            default -> failure(execution);
        };
    }

    private static RunOutcome stopped(JobExecution execution) {
        for (StepExecution step : execution.getStepExecutions()) {
            Optional<String> waiting = PeopleWait.text(step);
            if (waiting.isPresent()) {
                return new RunOutcome.Waiting(step.getStepName(), waiting.get());
            }
        }
        return new RunOutcome.Stopped();
    }

    private static RunOutcome failure(JobExecution execution) {
        for (StepExecution step : execution.getStepExecutions()) {
            for (Throwable cause : step.getFailureExceptions()) {
                return failed(step.getStepName(), cause);
            }
        }
        for (Throwable cause : execution.getAllFailureExceptions()) {
            return failed("", cause);
        }
        String message = execution.getExitStatus().getExitDescription();
        return failed("", new IllegalStateException(message.isEmpty() ? "no reason was recorded" : message));
    }

    private static RunOutcome failed(String step, Throwable thrown) {
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            if (at instanceof WorkFailure failure) {
                return new RunOutcome.Failed(step, failure.kind(), failure.text(), thrown);
            }
        }
        String place = step.isEmpty() ? "the job" : "step " + step;
        return new RunOutcome.Failed(
                step,
                FailureKind.DEFECT,
                "Cannot finish %s: unexpected %s. Report it with the controller's log; --verbose shows it here."
                        .formatted(place, thrown),
                thrown);
    }

    /** Jobs by name, as commands ask for them. */
    public static Job find(Map<String, Job> jobs, String name) {
        return jobs.values().stream()
                .filter(job -> job.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot run job '%s': expected one of %s. Correct --job."
                                .formatted(
                                        name,
                                        String.join(
                                                ", ",
                                                jobs.values().stream()
                                                        .map(Job::getName)
                                                        .sorted()
                                                        .toList()))));
    }
}
