package dev.mugv.jobs.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.jobs.batch.RunIdentity;
import dev.mugv.jobs.batch.RunLock;
import dev.mugv.jobs.batch.RunOutcome;
import dev.mugv.jobs.batch.TestApplication;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.database.PostgresFixture;
import java.nio.file.Path;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.jdbc.core.simple.JdbcClient;

class StatusQueryTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private final JdbcClient jdbc = JdbcClient.create(postgres.dataSource());

    @Test
    void aRunThatWasNeverStartedSaysSo() {
        RunIdentity nobody = new RunIdentity("nobody", Path.of("/nowhere"));
        assertThat(status(nobody).state()).isEqualTo("NOT_STARTED");
    }

    @Test
    void aFailedRunShowsItsStepsAndTheMessage() {
        try (TestApplication application = new TestApplication(postgres.address(), "failing")) {
            application.launch(application.job(
                    "pipeline",
                    application.step("curate-videos", (contribution, chunk) -> RepeatStatus.FINISHED),
                    application.step("train-vae", (contribution, chunk) -> {
                        throw new WorkFailure(FailureKind.DIVERGED, "Cannot go on: loss is NaN. Lower the rate.");
                    })));
            RunStatus status = status(application.run());
            assertThat(status.state()).isEqualTo("FAILED");
            assertThat(status.jobs()).hasSize(1);
            RunStatus.JobStatus job = status.jobs().get(0);
            assertThat(job.steps())
                    .extracting(RunStatus.StepStatus::step, RunStatus.StepStatus::status)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple("curate-videos", "COMPLETED"),
                            org.assertj.core.groups.Tuple.tuple("train-vae", "FAILED"));
            assertThat(job.steps().get(1).message()).contains("Cannot go on: loss is NaN. Lower the rate.");
        }
    }

    @Test
    void aRunIsRunningWhileItsLockIsHeldAndInterruptedWhenItsControllerDied() {
        try (TestApplication application = new TestApplication(postgres.address(), "living")) {
            application.launch(application.job(
                    "pipeline", application.step("only", (contribution, chunk) -> RepeatStatus.FINISHED)));
            assertThat(status(application.run()).state()).isEqualTo("COMPLETED");
            try (RunLock lock =
                    RunLock.tryAcquire(postgres.address(), application.run()).orElseThrow()) {
                assertThat(lock.isHeld()).isTrue();
                assertThat(status(application.run()).state()).isEqualTo("RUNNING");
            }
            jdbc.sql("""
                            UPDATE batch_job_execution SET status = 'STARTED', end_time = NULL
                            WHERE job_execution_id IN (SELECT job_execution_id FROM batch_job_execution_params
                                                       WHERE parameter_name = 'run' AND parameter_value = 'living')
                            """).update();
            assertThat(status(application.run()).state()).isEqualTo("INTERRUPTED");
        }
    }

    /** Two annotators; the run asks about two samples, is told so, labels come, and the same job goes on. */
    @Test
    void aRunThatWaitsForPeopleSaysHowFarTheyAreAndTheSameJobGoesOn() {
        try (TestApplication application = new TestApplication(postgres.address(), "asking")) {
            Asking asking = new Asking(postgres.dataSource(), application.run());
            Job job = application.job(
                    "pipeline",
                    application.asking("label-preferences", asking::ask),
                    application.step("align-pairs", (contribution, chunk) -> {
                        asking.went = true;
                        return RepeatStatus.FINISHED;
                    }));
            RunOutcome first = application.launch(job);
            assertThat(first).isInstanceOf(RunOutcome.Waiting.class);
            RunOutcome.Waiting waiting = (RunOutcome.Waiting) first;
            assertThat(waiting.step()).isEqualTo("label-preferences");
            assertThat(waiting.message())
                    .startsWith("Waiting for people who label: labels 'samples-")
                    .endsWith("0 of 2 items are complete, 0 of 4 labels are given.");

            asking.label("ann", "s1", "s2");
            asking.label("bob", "s1");
            RunStatus status = status(application.run());
            assertThat(status.state()).isEqualTo("WAITING");
            assertThat(status.waiting())
                    .extracting(RunStatus.Awaited::words)
                    .containsExactly(
                            "label-preferences waits for '%s' (absolute): 1 of 2 items complete, 3 of 4 labels given"
                                    .formatted(status.waiting().get(0).labels()));
            assertThat(status.jobs().get(0).steps())
                    .extracting(RunStatus.StepStatus::status, RunStatus.StepStatus::message)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple("WAITING", ""));

            // Not yet: it waits again, and nothing is opened twice.
            assertThat(application.launch(job)).isInstanceOf(RunOutcome.Waiting.class);
            assertThat(asking.batches()).isEqualTo(1);
            assertThat(asking.went).isFalse();

            asking.label("bob", "s2");
            assertThat(status(application.run()).waiting()).allMatch(RunStatus.Awaited::isComplete);
            assertThat(application.launch(job)).isInstanceOf(RunOutcome.Completed.class);
            assertThat(asking.went).isTrue();
            assertThat(status(application.run()).state()).isEqualTo("COMPLETED");
            assertThat(status(application.run()).waiting()).isEmpty();
            assertThat(application.repository().findJobInstances("pipeline").stream()
                            .map(application.repository()::getJobExecutions)
                            .filter(executions -> executions
                                    .get(0)
                                    .getJobParameters()
                                    .getString("run")
                                    .equals("asking")))
                    .as("one round, resumed twice")
                    .hasSize(1)
                    .allMatch(executions -> executions.size() == 3);
        }
    }

    @Test
    void aStopIsNoWait() {
        try (TestApplication application = new TestApplication(postgres.address(), "stopped")) {
            RunOutcome outcome =
                    application.launch(application.job("pipeline", application.step("only", (contribution, chunk) -> {
                        contribution.getStepExecution().setTerminateOnly();
                        return RepeatStatus.FINISHED;
                    })));
            assertThat(outcome).isInstanceOf(RunOutcome.Stopped.class);
            assertThat(status(application.run()).state()).isEqualTo("STOPPED");
        }
    }

    private RunStatus status(RunIdentity run) {
        return new StatusQuery(jdbc, run, LocalDateTime.now()).status();
    }
}
