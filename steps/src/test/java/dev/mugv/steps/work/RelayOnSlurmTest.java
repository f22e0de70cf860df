package dev.mugv.steps.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.slurm.client.CommandLineSlurmClient;
import dev.mugv.slurm.cluster.ClusterIdentity;
import dev.mugv.slurm.cluster.DevCluster;
import dev.mugv.slurm.cluster.OwnRounds;
import dev.mugv.slurm.cluster.SlurmExecutor;
import dev.mugv.slurm.cluster.SlurmTimings;
import dev.mugv.slurm.command.LocalCommandRunner;
import dev.mugv.steps.database.PostgresFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A relay by the whole chain on a real Slurm: ledger, engine, sbatch, script, worker's JVM. */
@Timeout(300)
@ExtendWith(DevCluster.class)
class RelayOnSlurmTest {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    /** How long a segment works before its successor is queued. */
    private static final Duration ALONE = Duration.ofSeconds(15);

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @TempDir
    Path workspace;

    @Test
    void aTrainingGoesOnInTheSegmentThatWasQueuedWhileItWorked() throws IOException {
        Files.createFile(workspace.resolve("hold"));
        Placement placement = new Placement(
                LIMIT,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(LIMIT.minus(ALONE)),
                List.of());
        Bench bench = new Bench(
                postgres.dataSource(),
                executor(),
                TestWorkerMain.program(),
                new Surroundings(Clock.systemUTC(), Waiter.system(), listener()),
                new WorkSettings(
                        workspace.getFileName().toString(),
                        workspace,
                        1,
                        new WorkSettings.Limits(Duration.ofSeconds(60), Duration.ofHours(1), Duration.ofSeconds(5)),
                        step -> placement));
        WorkEngine engine = bench.engine();
        WorkSession session = engine.open("curate", 1, RelayOnSlurmTest::plan, Tolerance.NONE);
        WorkOutcome outcome = engine.advance(session, bench.recorder());
        while (outcome instanceof WorkOutcome.Continues) {
            outcome = engine.advance(session, bench.recorder());
        }
        assertThat(outcome).isEqualTo(new WorkOutcome.Completed(1, 0, 0));
        List<AttemptEntry> attempts = bench.ledger.attempts(bench.scope);
        assertThat(attempts.get(0).state()).isEqualTo(AttemptState.STOPPED);
        assertThat(attempts.get(0).stopReason()).contains(StopReason.RELAYED);
        assertThat(attempts.get(1).predecessor()).contains(attempts.get(0).element());
        assertThat(attempts).extracting(AttemptEntry::state).contains(AttemptState.SUCCEEDED);
        assertThat(attempts).extracting(AttemptEntry::failure).containsOnly(Optional.empty());
    }

    /** The work is held until the first segment has left. */
    private WorkListener listener() {
        return new WorkListener() {
            @Override
            public void progressed(WorkProgress progress) {}

            @Override
            public void changed(StepScope scope, String line) {
                if (line.contains(" STOPPED")) {
                    try {
                        Files.deleteIfExists(workspace.resolve("hold"));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
        };
    }

    private static List<WorkItem> plan() {
        return List.of(new WorkItem(
                "motion",
                TaskKind.TRAIN_MODEL,
                Json.tree(Map.of("name", "motion")),
                List.of(),
                new WorkResources(1, 256)));
    }

    private static SlurmExecutor executor() {
        CommandLineSlurmClient client = new CommandLineSlurmClient(new LocalCommandRunner(), Duration.ofSeconds(60));
        SlurmTimings timings = new SlurmTimings(
                Duration.ofSeconds(1),
                Duration.ofMillis(500),
                Duration.ofMillis(300),
                6,
                Duration.ofSeconds(2),
                Duration.ofSeconds(6),
                Duration.ofSeconds(30),
                Duration.ofSeconds(8),
                Duration.ofSeconds(10));
        return new SlurmExecutor(
                client,
                new ClusterIdentity(client, "me", Clock.systemUTC()),
                new OwnRounds(client, timings, Clock.systemUTC()),
                timings,
                100,
                Clock.systemUTC());
    }
}
