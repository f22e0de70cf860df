package dev.mugv.jobs.batch;

import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.labels.LabelAnswers;
import dev.mugv.steps.provenance.ArtifactLineage;
import dev.mugv.steps.provenance.LineageRecorder;
import dev.mugv.steps.work.Tolerance;
import dev.mugv.steps.work.WorkEngine;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkRecorder;
import dev.mugv.steps.work.WorkStep;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes the two kinds of step. Every step is run again in a restarted execution, even when it completed before: the
 * configuration may have changed in between, and content decides in milliseconds that nothing is to be done.
 */
@Component
class StepFactory {
    private final JobRepository repository;
    private final TransactionTemplate transactions;
    private final WorkEngine engine;
    private final ArtifactLineage lineage;
    private final Map<String, WorkPlanner> planners = new LinkedHashMap<>();

    StepFactory(
            JobRepository repository, TransactionTemplate transactions, WorkEngine engine, ArtifactLineage lineage) {
        this.repository = repository;
        this.transactions = transactions;
        this.engine = engine;
        this.lineage = lineage;
    }

    /** Planners of all steps of heavy work, by the step's name. */
    Map<String, WorkPlanner> planners() {
        return planners;
    }

    /** Heavy work: planned, submitted, decided, recorded with its lineage. */
    Step work(String name, WorkPlanner planner, WorkRecorder recorder) {
        return work(name, planner, recorder, Tolerance.NONE);
    }

    /** Heavy work that may go on without pieces whose input is bad. */
    Step work(String name, WorkPlanner planner, WorkRecorder recorder, Tolerance tolerance) {
        planners.put(name, planner);
        WorkStep tasklet = new WorkStep(planner, new LineageRecorder(recorder, lineage, name), engine, tolerance);
        return new StepBuilder(name, repository)
                .tasklet(tasklet)
                .listener(tasklet)
                .allowStartIfComplete(true)
                .build();
    }

    /**
     * Light work of the controller itself: writes in one transaction, then what needs them committed.
     *
     * @throws WorkFailure from either part fails the step with its message
     */
    Step control(String name, Runnable inTransaction, Runnable afterwards) {
        return new StepBuilder(name, repository)
                .tasklet((contribution, chunk) -> {
                    transactions.executeWithoutResult(status -> inTransaction.run());
                    afterwards.run();
                    return RepeatStatus.FINISHED;
                })
                .allowStartIfComplete(true)
                .build();
    }

    /**
     * Light work that may find that people have to label first: what it did is committed, and the step ends waiting.
     *
     * @param inTransaction gives what is waited for, or nothing when it is done
     * @throws WorkFailure fails the step with its message
     */
    Step asking(String name, Supplier<Optional<LabelAnswers.Waiting>> inTransaction) {
        return asking(name, inTransaction, () -> {});
    }

    /**
     * The same with something that needs what was written committed, which comes before the wait.
     *
     * @throws WorkFailure from either part fails the step with its message
     */
    Step asking(String name, Supplier<Optional<LabelAnswers.Waiting>> inTransaction, Runnable afterwards) {
        return PeopleWait.step(name, repository, transactions, inTransaction, afterwards);
    }

    Step control(String name, Runnable inTransaction) {
        return control(name, inTransaction, () -> {});
    }
}
