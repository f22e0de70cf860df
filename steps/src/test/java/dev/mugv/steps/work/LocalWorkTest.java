package dev.mugv.steps.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.slurm.local.LocalExecutor;
import dev.mugv.steps.database.PostgresFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
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
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;

/** The whole chain with real processes: Spring Batch, ledger, local executor, script, worker's JVM. */
@Timeout(180)
@EnabledOnOs(value = OS.LINUX, disabledReason = "the local executor reads /proc")
class LocalWorkTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @TempDir
    Path workspace;

    @AfterEach
    void letsWorkersGo() throws IOException {
        Files.deleteIfExists(workspace.resolve("hold"));
    }

    @Test
    void aKilledWorkerIsReplacedByANewAttempt() throws Exception {
        Files.createFile(workspace.resolve("hold"));
        Bench bench = bench(killFirstWorker());
        assertThat(bench.run(Tolerance.NONE, "a")).isInstanceOf(WorkOutcome.Completed.class);
        assertThat(bench.ledger.attempts(bench.scope))
                .extracting(AttemptEntry::state)
                .containsExactly(AttemptState.FAILED, AttemptState.SUCCEEDED);
        assertThat(bench.ledger.attempts(bench.scope).get(0).failure()).contains(FailureClass.KILLED);
        assertThat(starts()).hasSize(2);
    }

    @Test
    void theNextControllerAdoptsWorkersThatAreAtWork() throws Exception {
        Files.createFile(workspace.resolve("hold"));
        Bench killed = bench(line -> {
            if (line.contains("running on")) {
                throw new ControllerDeath();
            }
        });
        try {
            killed.run(Tolerance.NONE, "a", "b", "c");
        } catch (ControllerDeath expected) {
            assertThat(killed.states()).containsOnly(AttemptState.OPEN);
        }
        Files.delete(workspace.resolve("hold"));
        Bench next = bench(line -> {});
        assertThat(next.run(Tolerance.NONE, "a", "b", "c")).isEqualTo(new WorkOutcome.Completed(3, 0, 0));
        assertThat(starts()).hasSize(3);
        assertThat(next.tokens()).hasSize(1);
    }

    @Test
    void controllerAndWorkerMayDieTogether() throws Exception {
        Files.createFile(workspace.resolve("hold"));
        Consumer<String> killer = killFirstWorker();
        Bench killed = bench(line -> {
            killer.accept(line);
            if (line.contains("running on")) {
                throw new ControllerDeath();
            }
        });
        try {
            killed.run(Tolerance.NONE, "a");
        } catch (ControllerDeath expected) {
            assertThat(killed.states()).containsExactly(AttemptState.OPEN);
        }
        Bench next = bench(line -> {});
        assertThat(next.run(Tolerance.NONE, "a")).isInstanceOf(WorkOutcome.Completed.class);
        assertThat(next.states()).containsExactly(AttemptState.FAILED, AttemptState.SUCCEEDED);
        assertThat(starts()).hasSize(2);
    }

    @Test
    void aStopFromAnotherProcessEndsTheWorkersAndTheNextExecutionGoesOn() throws Exception {
        Files.createFile(workspace.resolve("hold"));
        JdbcClient jdbc = JdbcClient.create(postgres.dataSource());
        Bench bench = bench(line -> {
            if (line.contains("running on")) {
                jdbc.sql(
                                "UPDATE batch_job_execution SET status = 'STOPPING', version = version + 1 WHERE status = 'STARTED'")
                        .update();
            }
        });
        JobRepository repository = repository();
        JobParameters parameters = new JobParametersBuilder()
                .addString("run", bench.scope.runName())
                .toJobParameters();
        JobInstance instance = repository.createJobInstance("curate", parameters);
        JobExecution stopped = execute(repository, instance, parameters, bench);
        assertThat(stopped.getStatus()).isEqualTo(BatchStatus.STOPPED);
        assertThat(bench.states()).containsOnly(AttemptState.STOPPED).isNotEmpty();
        assertThat(bench.recorded).isEmpty();

        Files.delete(workspace.resolve("hold"));
        Bench next = bench(line -> {});
        JobExecution completed = execute(repository, instance, parameters, next);
        assertThat(completed.getStatus()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(next.recorded).containsExactly("a", "b");
    }

    @Test
    void aFailureIsTheStepsExitMessageWithoutAStackTrace() throws Exception {
        Bench bench = bench(line -> {});
        JobRepository repository = repository();
        JobParameters parameters = new JobParametersBuilder()
                .addString("run", bench.scope.runName())
                .toJobParameters();
        JobInstance instance = repository.createJobInstance("curate", parameters);
        WorkStep step = new WorkStep(
                () -> {
                    throw new dev.mugv.model.run.WorkFailure(
                            dev.mugv.model.run.FailureKind.INVALID_REQUEST,
                            "Cannot plan step 'curate': no video was found. Add videos.");
                },
                bench.recorder(),
                bench.engine());
        JobExecution failed = execute(repository, instance, parameters, step);
        assertThat(failed.getStatus()).isEqualTo(BatchStatus.FAILED);
        assertThat(failed.getStepExecutions().iterator().next().getExitStatus().getExitDescription())
                .isEqualTo("Cannot plan step 'curate': no video was found. Add videos.");
    }

    @Test
    void aLongMessageIsCutBetweenCharacters() {
        String message = "x".repeat(1999) + "\uD83D\uDE00".repeat(10);
        assertThat(WorkStep.cut(message)).isEqualTo("x".repeat(1999) + "...");
        assertThat(WorkStep.cut("short")).isEqualTo("short");
    }

    private Consumer<String> killFirstWorker() {
        CompletableFuture<Void> killed = new CompletableFuture<>();
        return line -> {
            if (line.contains("number=1") && line.contains("running on") && killed.complete(null)) {
                List<String> starts = starts();
                while (starts.isEmpty()) {
                    Waiter.system().pause(Duration.ofMillis(10));
                    starts = starts();
                }
                ProcessHandle.of(Long.parseLong(starts.get(0).split(" ")[1]))
                        .orElseThrow()
                        .destroyForcibly();
                try {
                    Files.delete(workspace.resolve("hold"));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        };
    }

    private List<String> starts() {
        Path file = workspace.resolve("starts");
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Bench bench(Consumer<String> changed) {
        WorkListener listener = new WorkListener() {
            @Override
            public void progressed(WorkProgress progress) {}

            @Override
            public void changed(StepScope scope, String line) {
                changed.accept(line);
            }
        };
        return new Bench(
                postgres.dataSource(),
                new LocalExecutor(4, Clock.systemUTC()),
                TestWorkerMain.program(),
                new Surroundings(Clock.systemUTC(), Waiter.system(), listener),
                Bench.settings(
                        workspace,
                        new WorkSettings.Limits(Duration.ofSeconds(20), Duration.ofHours(1), Duration.ZERO)));
    }

    private static JobExecution execute(
            JobRepository repository, JobInstance instance, JobParameters parameters, Bench bench) throws Exception {
        return execute(
                repository,
                instance,
                parameters,
                new WorkStep(Bench.planner("a", "b"), bench.recorder(), bench.engine()));
    }

    private static JobExecution execute(
            JobRepository repository, JobInstance instance, JobParameters parameters, WorkStep work) throws Exception {
        Job job = new JobBuilder("curate", repository)
                .start(new StepBuilder("curate", repository).tasklet(work).build())
                .build();
        JobExecution execution = repository.createJobExecution(instance, parameters, new ExecutionContext());
        job.execute(execution);
        return execution;
    }

    private static JobRepository repository() throws Exception {
        JdbcJobRepositoryFactoryBean factory = new JdbcJobRepositoryFactoryBean();
        factory.setDataSource(postgres.dataSource());
        factory.setTransactionManager(new JdbcTransactionManager(postgres.dataSource()));
        factory.setIsolationLevelForCreate("ISOLATION_READ_COMMITTED");
        factory.afterPropertiesSet();
        return factory.getObject();
    }

    private static final class ControllerDeath extends Error {
        private static final long serialVersionUID = 1L;
    }
}
