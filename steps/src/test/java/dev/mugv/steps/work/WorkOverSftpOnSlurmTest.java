package dev.mugv.steps.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.slurm.client.CommandLineSlurmClient;
import dev.mugv.slurm.cluster.ClusterIdentity;
import dev.mugv.slurm.cluster.DevCluster;
import dev.mugv.slurm.cluster.OwnRounds;
import dev.mugv.slurm.cluster.SlurmExecutor;
import dev.mugv.slurm.cluster.SlurmTimings;
import dev.mugv.slurm.sftp.SftpNodeStorage;
import dev.mugv.slurm.ssh.SshAuthentication;
import dev.mugv.slurm.ssh.SshCommandRunner;
import dev.mugv.slurm.ssh.SshHost;
import dev.mugv.slurm.ssh.SshSettings;
import dev.mugv.steps.database.PostgresFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Ledger, engine, OpenSSH's server, sbatch, script and worker's JVM, with a workspace of the cluster's that is not the controller's. */
@Timeout(180)
@ExtendWith(DevCluster.class)
class WorkOverSftpOnSlurmTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @TempDir
    Path folder;

    private Path here;
    private Path there;
    private SshCommandRunner link;

    @BeforeEach
    void connect() throws IOException {
        here = Files.createDirectories(folder.resolve("here-" + folder.getFileName()));
        there = Files.createDirectories(folder.resolve("there"));
        String[] place = System.getenv("MUGV_DEV_CLUSTER_SSH").split(":");
        Path keys = Path.of(System.getenv("MUGV_DEV_CLUSTER_FOLDER")).resolve("ssh");
        link = new SshCommandRunner(
                new SshSettings(
                        new SshHost(place[0], Integer.parseInt(place[1]), "root", Optional.empty()),
                        new SshAuthentication.PrivateKey(keys.resolve("client_key"), Optional.empty()),
                        keys.resolve("known_hosts"),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(15),
                        SshSettings.DEFAULT_CHANNELS),
                Clock.systemUTC());
    }

    @AfterEach
    void disconnect() throws IOException {
        Files.deleteIfExists(there.resolve("hold"));
        link.close();
    }

    @Test
    void anArrayIsCarriedOutThereAndItsResultsAreHere() throws IOException {
        Bench bench = bench();
        assertThat(bench.run(Tolerance.NONE, "a", "b", "c")).isEqualTo(new WorkOutcome.Completed(3, 0, 0));
        assertThat(bench.states()).containsOnly(AttemptState.SUCCEEDED);
        assertThat(Files.readAllLines(there.resolve("starts"))).hasSize(3);
        assertThat(here.resolve("starts")).doesNotExist();
        String token = bench.tokens().first();
        Path attempt =
                here.resolve("submissions").resolve(token).resolve("attempts").resolve("0");
        assertThat(attempt.resolve("claim-0")).exists();
        assertThat(attempt.resolve("exit-0.json")).exists();
        assertThat(attempt.resolve("run-0.log")).content().contains("worker ended with 0");
        assertThat(bench().run(Tolerance.NONE, "a", "b", "c")).isEqualTo(new WorkOutcome.Completed(3, 3, 0));
        assertThat(Files.readAllLines(there.resolve("starts"))).hasSize(3);
    }

    @Test
    void aStopReachesWorkersThereAndTheNextControllerGoesOn() throws IOException {
        Files.createFile(there.resolve("hold"));
        Bench bench = bench();
        WorkEngine engine = bench.engine();
        WorkSession session = engine.open("curate", 1, Bench.planner("a"), Tolerance.NONE);
        while (!Files.exists(there.resolve("starts"))) {
            engine.advance(session, bench.recorder());
        }
        engine.stop(session);
        assertThat(bench.states()).containsExactly(AttemptState.STOPPED);
        Files.delete(there.resolve("hold"));
        assertThat(bench().run(Tolerance.NONE, "a")).isEqualTo(new WorkOutcome.Completed(1, 0, 0));
    }

    private Bench bench() {
        CommandLineSlurmClient client = new CommandLineSlurmClient(link, LIMIT);
        SlurmTimings timings = SlurmTimings.standard(LIMIT);
        Clock clock = Clock.systemUTC();
        SlurmExecutor executor = new SlurmExecutor(
                client,
                new ClusterIdentity(client, "root", clock),
                new OwnRounds(client, timings, clock),
                timings,
                100,
                clock,
                new SftpNodeStorage(link, here, there, clock));
        Placement placement = new Placement(
                Duration.ofMinutes(10),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(256),
                Optional.empty(),
                List.of());
        return new Bench(
                postgres.dataSource(),
                executor,
                TestWorkerMain.program(),
                new Surroundings(clock, Waiter.system(), WorkListener.silent()),
                new WorkSettings(
                        here.getFileName().toString(),
                        here,
                        3,
                        new WorkSettings.Limits(LIMIT, Duration.ofHours(1), Duration.ofSeconds(15)),
                        step -> placement));
    }
}
