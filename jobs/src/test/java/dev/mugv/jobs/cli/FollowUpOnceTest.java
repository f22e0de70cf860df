package dev.mugv.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.jobs.config.ConfigurationFile;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.slurm.client.AccountingRow;
import dev.mugv.slurm.client.Answer;
import dev.mugv.slurm.client.ClusterLimits;
import dev.mugv.slurm.client.ExitStatus;
import dev.mugv.slurm.client.JobState;
import dev.mugv.slurm.client.PartitionOffer;
import dev.mugv.slurm.client.QueueRow;
import dev.mugv.slurm.client.SlurmClient;
import dev.mugv.slurm.executor.SubmissionOutcome;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.work.FollowUpLedger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A run has one follow-up at a time, whatever sbatch says. */
class FollowUpOnceTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @TempDir
    Path folder;

    private final JdbcClient jdbc = JdbcClient.create(postgres.dataSource());
    private final FollowUpLedger ledger = new FollowUpLedger(jdbc);
    private final Queue queue = new Queue();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @BeforeEach
    void empties() {
        jdbc.sql("DELETE FROM follow_up").update();
    }

    @Test
    void whileOneIsQueuedNoOtherIsSubmitted() throws IOException {
        assertThat(submit(Optional.empty())).startsWith("Follow-up: Slurm job 1 advances the run when 12");
        assertThat(submit(Optional.empty())).startsWith("Follow-up: Slurm job 1 is there already");
        assertThat(queue.scripts).hasSize(1);
    }

    @Test
    void theOneThatHasBegunSubmitsTheNext() throws IOException {
        submit(Optional.empty());
        assertThat(submit(Optional.of(token()))).startsWith("Follow-up: Slurm job 2 advances");
        assertThat(queue.scripts).hasSize(2);
        assertThat(states()).containsExactly("OVER", "SUBMITTED");
    }

    @Test
    void anUnclearAnswerIsLookedUpAndNeverRepeatedWhileTheJobMayShow() throws IOException {
        queue.outcomes.add(new SubmissionOutcome.Unknown("Socket timed out"));
        queue.takes = false;
        assertThat(submit(Optional.empty())).contains("may be there or not: Socket timed out");
        now = now.plusSeconds(99);
        assertThat(submit(Optional.empty())).contains("may still show");
        assertThat(queue.scripts).hasSize(1);
        now = now.plusSeconds(2);
        queue.takes = true;
        assertThat(submit(Optional.empty())).startsWith("Follow-up: Slurm job 1 advances");
        assertThat(states()).containsExactly("OVER", "SUBMITTED");
    }

    @Test
    void anUnclearAnswerToAJobThatIsThereIsAnAcceptance() throws IOException {
        queue.outcomes.add(new SubmissionOutcome.Unknown("Socket timed out"));
        submit(Optional.empty());
        now = now.plusSeconds(1000);
        assertThat(submit(Optional.empty())).startsWith("Follow-up: Slurm job 1 is there already");
        assertThat(states()).containsExactly("SUBMITTED");
    }

    @Test
    void aSilentSlurmIsNoReasonForAnother() throws IOException {
        submit(Optional.empty());
        queue.silent = true;
        now = now.plusSeconds(1000);
        assertThat(submit(Optional.empty())).contains("Slurm does not say whether the last one is there");
        assertThat(queue.scripts).hasSize(1);
    }

    @Test
    void aRefusalIsOnTheRecordAndHindersNothing() throws IOException {
        queue.outcomes.add(new SubmissionOutcome.Rejected("Invalid partition name specified"));
        queue.takes = false;
        assertThat(submit(Optional.empty())).contains("Slurm refused it (Invalid partition name specified)");
        queue.takes = true;
        assertThat(submit(Optional.empty())).startsWith("Follow-up: Slurm job 1 advances");
        assertThat(states()).containsExactly("REJECTED", "SUBMITTED");
    }

    private String submit(Optional<String> own) throws IOException {
        String demo = Files.readString(Path.of("../ops/demo/demo.yaml"));
        Path file = Files.writeString(folder.resolve("run.yaml"), demo);
        SelectedRun run = new SelectedRun(
                file, ConfigurationFile.read(file, PathCheck.SKIPPED).withWorkspace(folder));
        return new FollowUp(run, "pipeline").submit(queue, ledger, List.of("12"), own, now);
    }

    private String token() {
        return ledger.open(jdbc.sql("SELECT run_name FROM follow_up LIMIT 1")
                        .query(String.class)
                        .single())
                .orElseThrow()
                .token();
    }

    private List<String> states() {
        return jdbc.sql("SELECT state FROM follow_up ORDER BY tried_at, state")
                .query(String.class)
                .list();
    }

    /** A queue that takes what it is given, or not, and says of that what a test wants. */
    private static final class Queue implements SlurmClient {
        final List<Path> scripts = new ArrayList<>();
        final Deque<SubmissionOutcome> outcomes = new ArrayDeque<>();
        private final List<QueueRow> rows = new ArrayList<>();
        boolean takes = true;
        boolean silent;

        @Override
        public SubmissionOutcome submit(Path script) {
            scripts.add(script);
            if (takes) {
                String id = Integer.toString(rows.size() + 1);
                rows.add(new QueueRow(
                        "mugv-follow-up-" + script.getFileName().toString().replace(".sbatch", ""),
                        id,
                        OptionalInt.empty(),
                        id,
                        Optional.of(JobState.PENDING),
                        "PENDING",
                        0,
                        Instant.EPOCH,
                        Optional.empty(),
                        Optional.empty(),
                        "",
                        new ExitStatus(0, 0),
                        "Dependency"));
            }
            SubmissionOutcome said = outcomes.poll();
            return said == null ? new SubmissionOutcome.Accepted(Integer.toString(rows.size())) : said;
        }

        @Override
        public Answer<List<QueueRow>> queue() {
            return silent ? new Answer.NoAnswer<>("Connection refused") : new Answer.Answered<>(List.copyOf(rows));
        }

        @Override
        public Answer<List<AccountingRow>> accounting(Collection<String> names, Instant since) {
            throw new AssertionError("asked for what the tested code has no use for");
        }

        @Override
        public Answer<Void> cancel(Collection<String> elements) {
            throw new AssertionError("asked for what the tested code has no use for");
        }

        @Override
        public Answer<Void> release(Collection<String> elements) {
            throw new AssertionError("asked for what the tested code has no use for");
        }

        @Override
        public Answer<Void> throttle(String arrayJob, int parallel) {
            throw new AssertionError("asked for what the tested code has no use for");
        }

        @Override
        public Answer<ClusterLimits> limits() {
            throw new AssertionError("asked for what the tested code has no use for");
        }

        @Override
        public Answer<List<PartitionOffer>> partitions() {
            throw new AssertionError("asked for what the tested code has no use for");
        }
    }
}
