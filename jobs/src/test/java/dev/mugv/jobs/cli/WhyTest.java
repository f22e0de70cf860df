package dev.mugv.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.slurm.client.Answer;
import dev.mugv.slurm.client.ExitStatus;
import dev.mugv.slurm.client.JobState;
import dev.mugv.slurm.client.QueueRow;
import dev.mugv.steps.database.PostgresFixture;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a person reads who asks why. */
class WhyTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private static final String FIRST = "5e08b29d32ffb4e34bb1f8a14c27be48";
    private static final String SECOND = "6e08b29d32ffb4e34bb1f8a14c27be48";

    private final JdbcClient jdbc = JdbcClient.create(postgres.dataSource());
    private final AttemptQuery query = new AttemptQuery(jdbc, "demo");

    @BeforeEach
    void fillLedger() {
        jdbc.sql("DELETE FROM attempt").update();
        jdbc.sql("DELETE FROM submission").update();
        submission(FIRST, "1234");
        submission(SECOND, "1240");
    }

    @Test
    void whatWaitsSaysWhyInPlainWordsWithSlurmsOwn() {
        attempt(FIRST, 1, 100, "OPEN", null);
        JobExplanation said = why("1234_0", row(FIRST, JobState.PENDING, "Priority"));
        assertThat(said.state()).isEqualTo("WAITING");
        assertThat(said.because())
                .contains("jobs with a higher priority go first")
                .contains("(Slurm: Priority)");
        assertThat(said.next()).isNotEmpty();
    }

    @Test
    void aSegmentThatWasQueuedEarlySaysWhatItWaitsFor() {
        attempt(FIRST, 1, 100, "OPEN", null);
        attempt(SECOND, 2, 100, "OPEN", null);
        jdbc.sql("UPDATE attempt SET predecessor_token = ?, predecessor_index = 0 WHERE token = ?")
                .params(FIRST, SECOND)
                .update();
        assertThat(why("1240_0", row(SECOND, JobState.PENDING, "Resources")).because())
                .contains(
                        "it is the next segment of a training, queued early, and goes on when attempt 1 has saved and left");
    }

    @Test
    void whatFailedSaysItsClassItsPolicyWhatCameOfItAndWhereToRead() {
        attempt(FIRST, 1, 100, "FAILED", "OUT_OF_MEMORY");
        attempt(SECOND, 2, 200, "OPEN", null);
        JobExplanation said = why("1234_0");
        assertThat(said.state()).isEqualTo("FAILED OUT_OF_MEMORY");
        assertThat(said.because()).isEqualTo("Cannot finish.");
        assertThat(said.policy())
                .isEqualTo("OUT_OF_MEMORY is tried again up to 2 times in one execution, each with 2 times the memory");
        assertThat(said.later()).containsExactly("attempt 2, 200 MiB: OPEN");
        assertThat(said.next()).isEqualTo("See ops/runbook/out-of-memory.md.");
    }

    @Test
    void aSubmissionWithoutAClearAnswerIsNotCalledWaiting() {
        attempt(FIRST, 1, 100, "OPEN", null);
        jdbc.sql("""
                        UPDATE submission SET state = 'SUBMIT_UNKNOWN', reason = 'Socket timed out', external_id = NULL,
                            submitted_at = NULL WHERE token = ?""").param(FIRST).update();
        JobExplanation said = why("5e08b29d");
        assertThat(said.state()).isEqualTo("UNKNOWN");
        assertThat(said.because())
                .contains("sbatch gave no clear answer (Socket timed out)")
                .contains("never submitted again before Slurm has said for long enough");
    }

    @Test
    void aSilentSlurmIsNoAnswerAndNotAnEnd() {
        attempt(FIRST, 1, 100, "OPEN", null);
        AttemptQuery.Row row = query.named("1234_0").get(0);
        JobExplanation said =
                WhyCommand.explain(row, Optional.of(new Answer.NoAnswer<>("Connection refused")), query, jdbc);
        assertThat(said.state()).isEqualTo("UNKNOWN");
        assertThat(said.because()).isEqualTo("Slurm does not answer: Connection refused");
    }

    private JobExplanation why(String name, QueueRow... rows) {
        Answer<List<QueueRow>> queue = rows.length == 0 ? new Answer.Empty<>() : new Answer.Answered<>(List.of(rows));
        return WhyCommand.explain(query.named(name).get(0), Optional.of(queue), query, jdbc);
    }

    private static QueueRow row(String token, JobState state, String reason) {
        return new QueueRow(
                "mugv-" + token,
                "1234",
                OptionalInt.of(0),
                "1234",
                Optional.of(state),
                state.name(),
                0,
                Instant.EPOCH,
                Optional.empty(),
                Optional.empty(),
                "",
                new ExitStatus(0, 0),
                reason);
    }

    private void submission(String token, String job) {
        jdbc.sql("""
                        INSERT INTO submission (token, run_name, step_name, state, elements, parallel, external_id, prepared_at,
                            tried_at, submitted_at)
                        VALUES (?, 'demo', 'finetune', 'SUBMITTED', 1, 1, ?, now(), now(), now())""").params(token, job).update();
    }

    private void attempt(
            String token, int number, int memory, String state, @org.jspecify.annotations.Nullable String failure) {
        jdbc.sql("""
                        INSERT INTO attempt (token, logical_index, run_name, step_name, job_execution_id, label, task, artifact_key,
                            number, memory_mebibytes, state, failure_class, message, created_at, decided_at)
                        VALUES (?, 0, 'demo', 'finetune', 1, 'model', 'TRAIN_MODEL', ?, ?, ?, ?, ?, ?,
                            now() + make_interval(secs => ?), ?)""")
                .param(token)
                .param("0".repeat(64))
                .param(number)
                .param(memory)
                .param(state)
                .param(failure)
                .param(failure == null ? null : "Cannot finish.")
                .param(number)
                .param(failure == null ? null : Instant.now().atOffset(java.time.ZoneOffset.UTC))
                .update();
    }
}
