package dev.mugv.steps.work;

import dev.mugv.model.run.WorkFailure;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.listener.StepExecutionListener;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

/**
 * A Spring Batch step that waits for heavy work: at most a second of transitions a call, so that Spring Batch saves its metadata and
 * looks for a stop between any two. To be built without a transaction manager: a crash inside one would take back what the
 * ledger must keep, and a connection would be held while the step waits.
 *
 * <p>The execution context holds three counts for people who look into the database; the restart rests on plan, ledger
 * and files alone.
 */
public final class WorkStep implements Tasklet, StepExecutionListener {
    /** Spring Batch's column holds 2500 characters; the ledger has the message in full. */
    private static final int MAX_MESSAGE_LENGTH = 2000;

    private static final String RETRIES_SINCE = "retries-since";

    private final WorkPlanner planner;
    private final WorkRecorder recorder;
    private final WorkEngine engine;
    private final Tolerance tolerance;
    private @Nullable WorkSession session;
    private boolean leaving;

    public WorkStep(WorkPlanner planner, WorkRecorder recorder, WorkEngine engine) {
        this(planner, recorder, engine, Tolerance.NONE);
    }

    public WorkStep(WorkPlanner planner, WorkRecorder recorder, WorkEngine engine, Tolerance tolerance) {
        this.planner = planner;
        this.recorder = recorder;
        this.engine = engine;
        this.tolerance = tolerance;
    }

    @Override
    public void beforeStep(StepExecution stepExecution) {
        session = null;
        leaving = false;
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext chunkContext) {
        StepExecution step = contribution.getStepExecution();
        try {
            if (session == null) {
                session = engine.open(step.getStepName(), retriesSince(step), planner, tolerance);
            }
            RepeatStatus status = conclude(contribution, engine.advanceUntilIdle(session, recorder));
            if (status == RepeatStatus.CONTINUABLE && engine.mayLeave(session)) {
                leaving = true;
                step.setTerminateOnly();
            }
            return status;
        } catch (WorkFailure failure) {
            return fail(contribution, failure);
        }
    }

    /** A stop reaches the step between two calls; the work is stopped here, before the job counts as stopped. */
    @Override
    public @Nullable ExitStatus afterStep(StepExecution stepExecution) {
        if (session != null && stepExecution.getStatus() == BatchStatus.STOPPED) {
            if (leaving) {
                engine.leave(session);
            } else {
                engine.stop(session);
            }
        }
        session = null;
        return null;
    }

    /**
     * The execution that retries are counted from: its own of a controller that stays. Those that come and go count on from the first
     * of them, or a piece that fails would be tried again by each.
     */
    private long retriesSince(StepExecution step) {
        ExecutionContext job = step.getJobExecution().getExecutionContext();
        if (engine.stay() == Stay.UNTIL_DONE) {
            job.remove(RETRIES_SINCE);
            return step.getJobExecutionId();
        }
        long since = job.getLong(RETRIES_SINCE, step.getJobExecutionId());
        job.putLong(RETRIES_SINCE, since);
        return since;
    }

    private static RepeatStatus conclude(StepContribution contribution, WorkOutcome outcome) {
        if (outcome instanceof WorkOutcome.Continues) {
            return RepeatStatus.CONTINUABLE;
        }
        if (outcome instanceof WorkOutcome.Failed failed) {
            return fail(contribution, failed.failure());
        }
        WorkOutcome.Completed completed = (WorkOutcome.Completed) outcome;
        ExecutionContext context = contribution.getStepExecution().getExecutionContext();
        context.putInt("pieces", completed.pieces());
        context.putInt("pieces-up-to-date", completed.upToDate());
        context.putInt("pieces-failed", completed.failed());
        return RepeatStatus.FINISHED;
    }

    /** Not thrown: Spring Batch would write the stack trace where people look for the message. */
    private static RepeatStatus fail(StepContribution contribution, WorkFailure failure) {
        StepExecution step = contribution.getStepExecution();
        step.addFailureException(failure);
        step.setStatus(BatchStatus.FAILED);
        contribution.setExitStatus(new ExitStatus(ExitStatus.FAILED.getExitCode(), cut(failure.text())));
        return RepeatStatus.FINISHED;
    }

    /** Never between the two halves of a character outside the Basic Multilingual Plane. */
    static String cut(String message) {
        if (message.length() <= MAX_MESSAGE_LENGTH) {
            return message;
        }
        int end = Character.isHighSurrogate(message.charAt(MAX_MESSAGE_LENGTH - 1))
                ? MAX_MESSAGE_LENGTH - 1
                : MAX_MESSAGE_LENGTH;
        return message.substring(0, end) + "...";
    }
}
