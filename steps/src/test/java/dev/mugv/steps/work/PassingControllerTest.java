package dev.mugv.steps.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.steps.database.PostgresFixture;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInstance;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.repository.support.JdbcJobRepositoryFactoryBean;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.jdbc.support.JdbcTransactionManager;

/** A controller that does what there is to do and leaves, and the next one; and who cancels what without any. */
class PassingControllerTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @TempDir
    Path workspace;

    private final ManualClock clock = new ManualClock();
    private InProcessExecutor executor;
    private JobRepository repository;
    private JobParameters parameters;
    private JobInstance instance;
    private ExecutionContext last = new ExecutionContext();

    @BeforeEach
    void makeExecutor() throws Exception {
        executor = new InProcessExecutor((name, context) -> {}, clock);
        JdbcJobRepositoryFactoryBean factory = new JdbcJobRepositoryFactoryBean();
        factory.setDataSource(postgres.dataSource());
        factory.setTransactionManager(new JdbcTransactionManager(postgres.dataSource()));
        factory.setIsolationLevelForCreate("ISOLATION_READ_COMMITTED");
        factory.afterPropertiesSet();
        repository = factory.getObject();
        parameters = new JobParametersBuilder()
                .addString("run", workspace.getFileName().toString())
                .toJobParameters();
        instance = repository.createJobInstance("curate", parameters);
    }

    @Test
    void itLeavesWorkAliveAndTheNextTakesItUpWithoutStartingAnythingTwice() throws Exception {
        executor.holdsEverything = true;
        Bench first = bench(Stay.WHILE_THERE_IS_SOMETHING_TO_DO);
        assertThat(execute(first).getStatus()).isEqualTo(BatchStatus.STOPPED);
        assertThat(first.states()).containsExactly(AttemptState.OPEN, AttemptState.OPEN);
        assertThat(executor.stopRequests())
                .as("nobody asked the workers to stop")
                .isZero();

        Bench second = bench(Stay.WHILE_THERE_IS_SOMETHING_TO_DO);
        assertThat(execute(second).getStatus()).isEqualTo(BatchStatus.STOPPED);
        executor.holdsEverything = false;
        Bench third = bench(Stay.WHILE_THERE_IS_SOMETHING_TO_DO);
        assertThat(execute(third).getStatus()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(executor.starts).containsExactly("a", "b");
        assertThat(third.tokens()).hasSize(1);
        assertThat(third.recorded).containsExactly("a", "b");
    }

    @Test
    void retriesAreCountedOverAllThatComeAndGo() throws Exception {
        executor = failing("a");
        executor.holdsEverything = true;
        assertThat(execute(bench(Stay.WHILE_THERE_IS_SOMETHING_TO_DO)).getStatus())
                .isEqualTo(BatchStatus.STOPPED);
        executor.holdsEverything = false;
        assertThat(execute(bench(Stay.WHILE_THERE_IS_SOMETHING_TO_DO)).getStatus())
                .isEqualTo(BatchStatus.FAILED);
        long tried = executor.starts.stream().filter("a"::equals).count();
        assertThat(execute(bench(Stay.WHILE_THERE_IS_SOMETHING_TO_DO)).getStatus())
                .isEqualTo(BatchStatus.FAILED);
        assertThat(executor.starts.stream().filter("a"::equals).count())
                .as("another passing controller adds no try")
                .isEqualTo(tried);
        assertThat(execute(bench(Stay.UNTIL_DONE)).getStatus()).isEqualTo(BatchStatus.FAILED);
        assertThat(executor.starts.stream().filter("a"::equals).count())
                .as("a command that stays counts anew")
                .isGreaterThan(tried);
    }

    @Test
    void aLookThatMustLastIsNotCutShort() throws Exception {
        Bench bench = bench(Stay.WHILE_THERE_IS_SOMETHING_TO_DO);
        executor.answers = false;
        Instant begun = clock.instant();
        execute(bench);
        assertThat(java.time.Duration.between(begun, clock.instant())).isGreaterThanOrEqualTo(Departure.UNACCOUNTED);
    }

    @Test
    void whatIsCancelledWithoutAControllerIsNotTriedAgainBySomeoneWhoPasses() throws Exception {
        executor.holdsEverything = true;
        Bench first = bench(Stay.WHILE_THERE_IS_SOMETHING_TO_DO);
        execute(first);
        List<AttemptEntry> open = first.ledger.openAttempts(first.scope.runName());
        assertThat(open).hasSize(2);
        Cancellation.Result result = new Cancellation(
                        first.ledger, executor, workspace, java.time.Duration.ofSeconds(5), clock, clock)
                .cancel(
                        open.subList(0, 1),
                        new Cancellation.Wish("me@here", "why not"),
                        java.time.Duration.ofSeconds(5));
        assertThat(result.ended()).extracting(AttemptEntry::label).containsExactly("a");
        assertThat(result.ending()).isEmpty();

        executor.holdsEverything = false;
        assertThat(execute(bench(Stay.WHILE_THERE_IS_SOMETHING_TO_DO)).getStatus())
                .isEqualTo(BatchStatus.FAILED);
        assertThat(executor.starts).containsExactly("b");
        AttemptEntry cancelled = first.ledger.attempts(first.scope).get(0);
        assertThat(cancelled.failure()).contains(FailureClass.CANCELLED);
        assertThat(cancelled.message())
                .hasValueSatisfying(text -> assertThat(text).contains("'mugv cancel'"));
        assertThat(org.springframework.jdbc.core.simple.JdbcClient.create(postgres.dataSource())
                        .sql(
                                "SELECT cancelled_by || ': ' || cancel_note FROM attempt WHERE token = ? AND logical_index = ?")
                        .params(cancelled.element().token(), cancelled.element().index())
                        .query(String.class)
                        .single())
                .isEqualTo("me@here: why not");
    }

    @Test
    void aPreviewSaysWhyAndDecidesNothing() throws Exception {
        Bench bench = bench(Stay.UNTIL_DONE);
        assertThat(bench.engine()
                        .preview("curate", Bench.planner("a", "b", "a:again"))
                        .pieces())
                .extracting(StepPreview.Preview::why)
                .containsExactly(
                        StepPreview.Why.NEVER_DONE, StepPreview.Why.NEVER_DONE, StepPreview.Why.SAME_AS_ANOTHER);
        assertThat(bench.ledger.attempts(bench.scope)).isEmpty();
        bench.run(Tolerance.NONE, "a", "x:one");
        StepPreview preview = bench.engine().preview("curate", () -> {
            List<WorkItem> items =
                    new java.util.ArrayList<>(Bench.planner("a", "c").plan());
            WorkItem changed = Bench.planner("y").plan().get(0);
            items.add(
                    new WorkItem("x:one", changed.task(), changed.parameters(), changed.inputs(), changed.resources()));
            return items;
        });
        assertThat(preview.pieces())
                .extracting(StepPreview.Preview::why)
                .containsExactly(StepPreview.Why.UP_TO_DATE, StepPreview.Why.NEVER_DONE, StepPreview.Why.CHANGED);
        assertThat(preview.due()).isEqualTo(2);
    }

    private InProcessExecutor failing(String name) {
        return new InProcessExecutor(
                (each, context) -> {
                    if (each.equals(name)) {
                        throw new dev.mugv.model.run.WorkFailure(
                                dev.mugv.model.run.FailureKind.INVALID_REQUEST,
                                "Cannot read 'a': it is empty. Remove it.");
                    }
                },
                clock);
    }

    private Bench bench(Stay stay) {
        return new Bench(
                postgres.dataSource(),
                workspace,
                executor,
                Bench.inProcess(),
                new Surroundings(clock, clock, WorkListener.silent(), stay));
    }

    /** A new process's execution of the job, restarted with the context that the one before has left. */
    private JobExecution execute(Bench bench) throws Exception {
        WorkStep work = new WorkStep(Bench.planner("a", "b"), bench.recorder(), bench.engine());
        Job job = new JobBuilder("curate", repository)
                .start(new StepBuilder("curate", repository)
                        .tasklet(work)
                        .allowStartIfComplete(true)
                        .build())
                .build();
        JobExecution execution = repository.createJobExecution(instance, parameters, new ExecutionContext(last));
        job.execute(execution);
        last = execution.getExecutionContext();
        return execution;
    }
}
