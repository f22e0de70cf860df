package dev.mugv.jobs.batch;

import dev.mugv.steps.labels.LabelAnswers;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.transaction.support.TransactionOperations;

/**
 * A step that waits for people. To Spring Batch it is stopped, so that a restart goes on with it; its exit code tells it apart from
 * one that somebody stopped.
 */
public final class PeopleWait {
    /** Exit code of the step in Spring Batch's tables. */
    public static final String EXIT_CODE = "WAITING";

    private static final String TEXT = "waiting-for";

    private PeopleWait() {}

    /**
     * A step of light work that ends waiting where it gives something to wait for; what it did is committed either way.
     *
     * @param inTransaction gives what is waited for, or nothing when it is done
     * @param afterwards what needs that committed
     */
    static Step step(
            String name,
            JobRepository repository,
            TransactionOperations transactions,
            Supplier<Optional<LabelAnswers.Waiting>> inTransaction,
            Runnable afterwards) {
        return new StepBuilder(name, repository)
                .tasklet((contribution, chunk) -> {
                    Optional<LabelAnswers.Waiting> waiting = transactions.execute(status -> inTransaction.get());
                    afterwards.run();
                    waiting.ifPresent(answers -> end(contribution, answers.text()));
                    return RepeatStatus.FINISHED;
                })
                .allowStartIfComplete(true)
                .build();
    }

    /** Ends the step, and with it the job. */
    private static void end(StepContribution contribution, String text) {
        StepExecution step = contribution.getStepExecution();
        step.getExecutionContext().putString(TEXT, text);
        contribution.setExitStatus(new ExitStatus(EXIT_CODE));
        step.setTerminateOnly();
    }

    /** Whether a step that has ended waits. */
    public static boolean isOf(StepExecution step) {
        return step.getExitStatus().getExitCode().equals(EXIT_CODE);
    }

    /** What a step waits for, in words; empty when it does not. */
    static Optional<String> text(StepExecution step) {
        return isOf(step)
                ? Optional.of(step.getExecutionContext().getString(TEXT, "Waiting for people who label."))
                : Optional.empty();
    }
}
