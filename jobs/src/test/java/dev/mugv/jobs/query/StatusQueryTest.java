package dev.mugv.jobs.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.jobs.batch.RunIdentity;
import dev.mugv.jobs.batch.RunLock;
import dev.mugv.jobs.batch.TestApplication;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.database.PostgresFixture;
import java.nio.file.Path;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
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

    private RunStatus status(RunIdentity run) {
        return new StatusQuery(jdbc, run, LocalDateTime.now()).status();
    }
}
