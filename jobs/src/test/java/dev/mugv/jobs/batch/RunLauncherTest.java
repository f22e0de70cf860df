package dev.mugv.jobs.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.database.PostgresFixture;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInstance;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

class RunLauncherTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private final AtomicInteger firstStepRuns = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private TestApplication application;

    @BeforeEach
    void openApplication(TestInfo test) {
        application = new TestApplication(
                postgres.address(), test.getTestMethod().orElseThrow().getName());
    }

    @AfterEach
    void closeApplication() {
        threads.shutdownNow();
        application.close();
    }

    @Test
    void aCompletedJobIsFollowedByItsNextRound() {
        Job job = job("rounds", () -> {});
        assertThat(application.launch(job)).isInstanceOf(RunOutcome.Completed.class);
        assertThat(application.launch(job)).isInstanceOf(RunOutcome.Completed.class);
        assertThat(executions("rounds"))
                .extracting(execution -> execution.getJobParameters().getLong("round"))
                .containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    void aFailedJobIsRestartedInItsRoundAndKeepsItsFinishedSteps() {
        AtomicInteger tries = new AtomicInteger();
        Job job = job("fails-once", () -> {
            if (tries.incrementAndGet() == 1) {
                throw new WorkFailure(FailureKind.TRANSIENT, "Cannot reach X: no answer. Try again.");
            }
        });
        RunOutcome first = application.launch(job);
        assertThat(first).isInstanceOf(RunOutcome.Failed.class);
        RunOutcome.Failed failed = (RunOutcome.Failed) first;
        assertThat(failed.kind()).isEqualTo(FailureKind.TRANSIENT);
        assertThat(failed.message()).isEqualTo("Cannot reach X: no answer. Try again.");
        assertThat(failed.step()).isEqualTo("second");

        assertThat(application.launch(job)).isInstanceOf(RunOutcome.Completed.class);
        assertThat(firstStepRuns).hasValue(1);
        assertThat(application.repository().findJobInstances("fails-once")).hasSize(1);
    }

    @Test
    void ofTwoLaunchersOneRuns() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Job job = job("exclusive", () -> {
            inside.countDown();
            release.await();
        });
        Future<RunOutcome> running = threads.submit(() -> application.launch(job));
        assertThat(inside.await(1, TimeUnit.MINUTES)).isTrue();
        try (TestApplication other =
                new TestApplication(postgres.address(), application.run().name())) {
            assertThat(other.launch(other.job("exclusive", other.step("first", (c, k) -> RepeatStatus.FINISHED))))
                    .isInstanceOf(RunOutcome.AlreadyRunning.class);
        }
        release.countDown();
        assertThat(running.get(1, TimeUnit.MINUTES)).isInstanceOf(RunOutcome.Completed.class);
        assertThat(firstStepRuns).hasValue(1);
    }

    @Test
    void aRestartIsRacedByManyAndStillRunsOnce() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        Job job = job("raced", () -> {
            if (tries.incrementAndGet() == 1) {
                throw new IllegalStateException("first try");
            }
        });
        application.launch(job);
        List<Future<RunOutcome>> racers = List.of(
                threads.submit(() -> application.launch(job)),
                threads.submit(() -> application.launch(job)),
                threads.submit(() -> application.launch(job)));
        long completed = 0;
        for (Future<RunOutcome> racer : racers) {
            completed += racer.get(1, TimeUnit.MINUTES) instanceof RunOutcome.Completed ? 1 : 0;
        }
        // Whoever comes after the end begins the next round; within a round no step runs twice.
        assertThat(completed).isBetween(1L, 3L);
        assertThat(tries).hasValue(1 + (int) completed);
    }

    @Test
    void whatAKilledControllerLeftIsRecoveredAndGoneOnWith() throws Exception {
        Process victim = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledController.class.getName(),
                        postgres.address().url(),
                        postgres.address().user(),
                        postgres.address().password(),
                        application.run().name())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader said = victim.inputReader()) {
            // The stream is read only as far as that line: it does not end before the process does.
            assertThat(said.lines().anyMatch("waiting in the second step"::equals))
                    .isTrue();
        } finally {
            victim.destroyForcibly().waitFor();
        }
        Job job = application.job(
                "two-steps",
                application.step("first", (contribution, chunk) -> {
                    firstStepRuns.incrementAndGet();
                    return RepeatStatus.FINISHED;
                }),
                application.step("second", (contribution, chunk) -> RepeatStatus.FINISHED));
        assertThat(application.launch(job)).isInstanceOf(RunOutcome.Completed.class);
        assertThat(firstStepRuns).as("a finished step is not repeated").hasValue(0);
        assertThat(application.repository().findJobInstances("two-steps")).hasSize(1);
    }

    @Test
    void anInstanceWithoutExecutionsDoesNotBlockTheRun() {
        application
                .repository()
                .createJobInstance(
                        "orphan",
                        new JobParametersBuilder()
                                .addString("run", application.run().name())
                                .addString(
                                        "workspace",
                                        application.run().workspace().toString())
                                .addLong("round", 1L)
                                .toJobParameters());
        assertThat(application.launch(job("orphan", () -> {}))).isInstanceOf(RunOutcome.Completed.class);
    }

    @Test
    void aStopFromAnotherProcessEndsTheRunAndItGoesOnLater() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        Job job = application.job("stoppable", application.step("polls", (contribution, chunk) -> {
            inside.countDown();
            return calls.incrementAndGet() < 1_000_000 ? RepeatStatus.CONTINUABLE : RepeatStatus.FINISHED;
        }));
        Future<RunOutcome> running = threads.submit(() -> application.launch(job));
        assertThat(inside.await(1, TimeUnit.MINUTES)).isTrue();
        application.stopRequests().put();
        assertThat(running.get(1, TimeUnit.MINUTES)).isInstanceOf(RunOutcome.Stopped.class);
        assertThat(application.stopRequests().isPresent()).isFalse();

        calls.set(1_000_000);
        assertThat(application.launch(job)).isInstanceOf(RunOutcome.Completed.class);
        assertThat(application.repository().findJobInstances("stoppable")).hasSize(1);
    }

    @Test
    void aStopOfThisProcessEndsTheRun() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        StopSignal stop = new StopSignal();
        Job job = application.job("interrupted", application.step("polls", (contribution, chunk) -> {
            inside.countDown();
            return RepeatStatus.CONTINUABLE;
        }));
        Future<RunOutcome> running = threads.submit(() -> application.launch(job, stop));
        assertThat(inside.await(1, TimeUnit.MINUTES)).isTrue();
        stop.request();
        assertThat(running.get(1, TimeUnit.MINUTES)).isInstanceOf(RunOutcome.Stopped.class);
        assertThat(executions("interrupted").get(0).getStatus()).isEqualTo(BatchStatus.STOPPED);
    }

    private List<JobExecution> executions(String job) {
        return application.repository().findJobInstances(job).stream()
                .map((JobInstance instance) -> application.repository().getLastJobExecution(instance))
                .toList();
    }

    private Job job(String name, Action second) {
        return application.job(
                name,
                application.step("first", (contribution, chunk) -> {
                    firstStepRuns.incrementAndGet();
                    return RepeatStatus.FINISHED;
                }),
                application.step("second", (contribution, chunk) -> {
                    second.run();
                    return RepeatStatus.FINISHED;
                }));
    }

    /** What a step does. */
    private interface Action {
        void run() throws Exception;
    }
}
