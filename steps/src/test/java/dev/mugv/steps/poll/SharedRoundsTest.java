package dev.mugv.steps.poll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.slurm.client.AccountingRow;
import dev.mugv.slurm.client.Answer;
import dev.mugv.slurm.client.ClusterLimits;
import dev.mugv.slurm.client.ExitStatus;
import dev.mugv.slurm.client.JobState;
import dev.mugv.slurm.client.PartitionOffer;
import dev.mugv.slurm.client.QueueRow;
import dev.mugv.slurm.client.SlurmClient;
import dev.mugv.slurm.cluster.ClusterIdentity;
import dev.mugv.slurm.cluster.Interest;
import dev.mugv.slurm.cluster.Round;
import dev.mugv.slurm.cluster.SlurmTimings;
import dev.mugv.slurm.cluster.Urgency;
import dev.mugv.slurm.executor.SubmissionOutcome;
import dev.mugv.steps.database.PostgresFixture;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Two controllers of one database and one cluster. */
@Timeout(60)
class SharedRoundsTest {
    private static final Instant THEN = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private final Cluster cluster = new Cluster();
    private final List<SharedRounds> controllers = new ArrayList<>();
    private JdbcClient jdbc;

    @BeforeEach
    void empties() {
        jdbc = JdbcClient.create(postgres.dataSource());
        jdbc.sql("TRUNCATE slurm_round, slurm_wish, node_failure, attempt_run, attempt, submission")
                .update();
    }

    @AfterEach
    void closes() {
        controllers.forEach(SharedRounds::close);
    }

    @Test
    void oneControllerAsksForAllAndTheOtherReadsTheSame() {
        Interest first = submission("a".repeat(32));
        Interest second = submission("b".repeat(32));
        SharedRounds one = controller();
        SharedRounds other = controller();
        Round ofOne = await(one, first);
        List<Round> ofOther = new ArrayList<>();
        while (ofOther.size() < 3) {
            other.next(List.of(second)).ifPresent(ofOther::add);
            one.next(List.of(first));
            pause();
        }
        assertThat(ofOne.queue()).isEqualTo(cluster.queueAnswer);
        // Whatever the other controller has read, it was asked once.
        assertThat(ofOther.stream().map(Round::begunAt).distinct()).hasSameSizeAs(ofOther);
        Integer controllersThatAsked = jdbc.sql("SELECT count(DISTINCT place) FROM slurm_round")
                .query(Integer.class)
                .single();
        assertThat(controllersThatAsked).isEqualTo(1);
        assertThat(cluster.queueCalls.size()).isEqualTo(rounds());
    }

    @Test
    void whatTheQueueHasForgottenIsAskedOfAccountingForAllControllersInOneCall() {
        Interest first = submission("c".repeat(32));
        Interest second = submission("d".repeat(32));
        SharedRounds one = controller();
        SharedRounds other = controller();
        Set<String> wanted = Set.of(first.name(), second.name());
        Optional<Round> both = Optional.empty();
        while (both.isEmpty()) {
            one.next(List.of(first));
            both = other.next(List.of(second)).filter(round -> round.asked().equals(wanted));
            pause();
        }
        assertThat(cluster.accountingCalls)
                .anySatisfy(names -> assertThat(names).containsExactlyInAnyOrderElementsOf(wanted));
        assertThat(both.get().accounting()).isEqualTo(cluster.accountingAnswer);
        assertThat(both.get().covers(first.name())).isTrue();
        assertThat(both.get().covers("mugv-unknown")).isFalse();
    }

    @Test
    void whenTheLeaderEndsTheOtherTakesOver() {
        Interest interest = submission("e".repeat(32));
        SharedRounds one = controller();
        await(one, interest);
        SharedRounds other = controller();
        await(other, interest);
        one.close();
        Instant closed = Instant.now();
        Round next = await(other, interest);
        while (next.begunAt().isBefore(closed)) {
            next = await(other, interest);
        }
        assertThat(next.queue()).isEqualTo(cluster.queueAnswer);
    }

    @Test
    void aSearchIsAnsweredOnlyByARoundThatWasBegunAfterItAndAskedForIt() {
        Interest interest = submission("f".repeat(32));
        SharedRounds one = controller();
        await(one, interest);
        Instant now = Instant.now();
        Optional<Round> found = one.covering(interest, now);
        while (found.isEmpty()) {
            pause();
            found = one.covering(interest, now);
        }
        assertThat(found.get().begunAt()).isAfterOrEqualTo(now);
        assertThat(found.get().asked()).contains(interest.name());
    }

    @Test
    void nothingIsAskedWhileNobodyWaits() {
        Interest interest = submission("9".repeat(32));
        SharedRounds one = controller();
        await(one, interest);
        jdbc.sql("UPDATE submission SET watched_at = now() - interval '5 minutes'")
                .update();
        long before = cluster.queueCalls.size();
        one.want(Urgency.ACTION, 1);
        for (int look = 0; look < 30; look++) {
            pause();
        }
        // One round may have been under way.
        assertThat(cluster.queueCalls.size() - before).isLessThanOrEqualTo(1);
    }

    @Test
    void noAnswerOfSlurmIsSharedAsNoAnswer() {
        cluster.queueAnswer = new Answer.NoAnswer<>("squeue: Unable to contact slurm controller (exit code 1)");
        Interest interest = submission("8".repeat(32));
        assertThat(await(controller(), interest).queue()).isEqualTo(cluster.queueAnswer);
    }

    private long rounds() {
        return jdbc.sql("SELECT count(*) FROM slurm_round").query(Long.class).single();
    }

    private Round await(SharedRounds rounds, Interest interest) {
        Optional<Round> round = rounds.next(List.of(interest));
        while (round.isEmpty()) {
            pause();
            round = rounds.next(List.of(interest));
        }
        return round.get();
    }

    private static void pause() {
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }

    private SharedRounds controller() {
        SlurmTimings timings = new SlurmTimings(
                Duration.ofMillis(300),
                Duration.ofMillis(200),
                Duration.ofMillis(100),
                2,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1));
        SharedRounds rounds = new SharedRounds(
                cluster,
                new ClusterIdentity(cluster, "me", Clock.systemUTC()),
                timings,
                jdbc,
                postgres.address(),
                Clock.systemUTC());
        controllers.add(rounds);
        return rounds;
    }

    private Interest submission(String token) {
        jdbc.sql("""
                        INSERT INTO submission (token, run_name, step_name, state, place, elements, parallel, prepared_at,
                            tried_at, submitted_at, external_id)
                        VALUES (?, 'r', 's', 'SUBMITTED', 'me@c/h', 1, 1, now(), now(), now(), '1')""").param(token).update();
        jdbc.sql("""
                        INSERT INTO attempt (token, logical_index, run_name, step_name, job_execution_id, label, task,
                            artifact_key, number, memory_mebibytes, created_at)
                        VALUES (?, 0, 'r', 's', 1, 'x', 'TRAIN_VAE', ?, 1, 1, now())""").params(token, token + token).update();
        return Interest.in(token, Set.of(0), Instant.now());
    }

    /** Knows one job in its queue, and of accounting whatever it is asked for. */
    private static final class Cluster implements SlurmClient {
        final List<Instant> queueCalls = Collections.synchronizedList(new ArrayList<>());
        final List<Collection<String>> accountingCalls = Collections.synchronizedList(new ArrayList<>());
        volatile Answer<List<QueueRow>> queueAnswer = new Answer.Answered<>(List.of(new QueueRow(
                "mugv-other",
                "7",
                OptionalInt.of(3),
                "10",
                Optional.of(JobState.RUNNING),
                "RUNNING",
                1,
                THEN,
                Optional.of(THEN),
                Optional.empty(),
                "node1",
                new ExitStatus(0, 0),
                "None")));
        final Answer<List<AccountingRow>> accountingAnswer = new Answer.Answered<>(List.of(new AccountingRow(
                "mugv-gone",
                "8",
                OptionalInt.empty(),
                "8",
                Optional.empty(),
                "A NEW WORD",
                new ExitStatus(0, 9),
                new ExitStatus(0, 125),
                THEN,
                Optional.empty(),
                Optional.of(THEN),
                "None assigned")));

        @Override
        public SubmissionOutcome submit(Path script) {
            throw new AssertionError("asked for what the tested code has no use for");
        }

        @Override
        public Answer<List<QueueRow>> queue() {
            queueCalls.add(Instant.now());
            return queueAnswer;
        }

        @Override
        public Answer<List<AccountingRow>> accounting(Collection<String> names, Instant since) {
            accountingCalls.add(List.copyOf(names));
            return accountingAnswer;
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
            return new Answer.Answered<>(
                    new ClusterLimits("c/h", "22.05.8", 1001, Duration.ofSeconds(10), Duration.ofSeconds(300), true));
        }

        @Override
        public Answer<List<PartitionOffer>> partitions() {
            throw new AssertionError("asked for what the tested code has no use for");
        }
    }
}
