package dev.mugv.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.jobs.batch.RunIdentity;
import dev.mugv.jobs.batch.TestApplication;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.database.PostgresFixture;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.jdbc.core.simple.JdbcClient;

class JobsCommandTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private final JdbcClient jdbc = JdbcClient.create(postgres.dataSource());

    @Test
    void everyExecutionOfARunsJobsIsListedWithItsRoundStateAndSteps() {
        try (TestApplication application = new TestApplication(postgres.address(), "listed")) {
            boolean[] broken = {true};
            var step = application.step("encode-latents", (contribution, chunk) -> {
                if (broken[0]) {
                    throw new WorkFailure(FailureKind.TRANSIENT, "Cannot read: no answer. Try again.");
                }
                return RepeatStatus.FINISHED;
            });
            application.launch(application.job("pretrain", step));
            broken[0] = false;
            application.launch(application.job("pretrain", step));
            application.launch(
                    application.job("align", application.step("only", (contribution, chunk) -> RepeatStatus.FINISHED)));
            List<JobsCommand.Execution> found = JobsCommand.executions(jdbc, application.run());
            assertThat(found)
                    .extracting(JobsCommand.Execution::job, JobsCommand.Execution::round, JobsCommand.Execution::status)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple("pretrain", 1L, "FAILED"),
                            org.assertj.core.groups.Tuple.tuple("pretrain", 1L, "COMPLETED"),
                            org.assertj.core.groups.Tuple.tuple("align", 1L, "COMPLETED"));
            assertThat(found).extracting(JobsCommand.Execution::steps).containsExactly(1, 1, 1);
            assertThat(found).allSatisfy(each -> {
                assertThat(each.started()).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d");
                assertThat(each.ended()).isGreaterThanOrEqualTo(each.started());
            });
        }
        assertThat(JobsCommand.executions(jdbc, new RunIdentity("listed", Path.of("/elsewhere"))))
                .isEmpty();
    }

    @Test
    void theyAreShownAsALineEach() {
        StringWriter out = new StringWriter();
        new JobsCommand()
                .print(
                        List.of(new JobsCommand.Execution(
                                12, "pretrain", 3, "STOPPED", "2026-11-30 10:00:00", "2026-11-30 11:00:00", 4)),
                        new PrintWriter(out, true));
        assertThat(out.toString().lines().toList().get(1).strip().split(" {2,}"))
                .containsExactly("12", "pretrain", "3", "stopped", "2026-11-30 10:00:00", "2026-11-30 11:00:00", "4");
    }

    @Test
    void anAttemptThatAnExecutorPutBackIsListedWithItsRuns() {
        String token = "0123456789abcdef0123456789abcdef";
        jdbc.sql("""
                        INSERT INTO submission (token, run_name, step_name, state, elements, parallel, external_id, prepared_at,
                            tried_at, submitted_at)
                        VALUES (?, 'requeued', 'encode-latents', 'SUBMITTED', 2, 2, '1234', now(), now(), now())""").param(token).update();
        insertAttempt(token, 0);
        insertAttempt(token, 1);
        insertRun(token, 0, 0);
        insertRun(token, 0, 1);
        insertRun(token, 1, 0);
        assertThat(JobsCommand.repeated(jdbc, new RunIdentity("requeued", Path.of("/w"))))
                .containsExactly(new JobsCommand.RepeatedAttempt("encode-latents", "shard-0", token, 0, 2));
    }

    private void insertAttempt(String token, int index) {
        jdbc.sql("""
                        INSERT INTO attempt (token, logical_index, run_name, step_name, job_execution_id, label, task, artifact_key,
                            number, memory_mebibytes, created_at)
                        VALUES (?, ?, 'requeued', 'encode-latents', 1, ?, 'ENCODE_LATENTS', ?, 1, 100, now())""")
                .params(token, index, "shard-" + index, Integer.toString(index).repeat(64))
                .update();
    }

    private void insertRun(String token, int index, int run) {
        jdbc.sql("""
                        INSERT INTO attempt_run (token, logical_index, run_number, host, started_at, executor_state, detail)
                        VALUES (?, ?, ?, 'node1', now(), 'RUNNING', '')""").params(token, index, run).update();
    }
}
