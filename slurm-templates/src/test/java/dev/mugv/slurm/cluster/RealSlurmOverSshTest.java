package dev.mugv.slurm.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.slurm.client.CommandLineSlurmClient;
import dev.mugv.slurm.command.CommandResult;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Observation;
import dev.mugv.slurm.executor.SearchOutcome;
import dev.mugv.slurm.executor.SubmissionOutcome;
import dev.mugv.slurm.script.Resources;
import dev.mugv.slurm.script.WorkerArrayScript;
import dev.mugv.slurm.ssh.SshAuthentication;
import dev.mugv.slurm.ssh.SshCommandRunner;
import dev.mugv.slurm.ssh.SshHost;
import dev.mugv.slurm.ssh.SshSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A controller that is no host of the cluster: OpenSSH's server, its keys and the whole way of a submission over one session. */
@Timeout(180)
@ExtendWith(DevCluster.class)
class RealSlurmOverSshTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void aSubmissionIsHandedOverFoundAndSeenToItsEndOverOneSession() throws IOException {
        ArraySubmission submission = prepared();
        try (SshCommandRunner runner = new SshCommandRunner(settings(), Clock.systemUTC())) {
            CommandLineSlurmClient client = new CommandLineSlurmClient(runner, LIMIT);
            SlurmTimings timings = SlurmTimings.standard(LIMIT);
            SlurmExecutor executor = new SlurmExecutor(
                    client,
                    new ClusterIdentity(client, "hpc", Clock.systemUTC()),
                    new OwnRounds(client, timings, Clock.systemUTC()),
                    timings,
                    1000,
                    Clock.systemUTC());
            assertThat(executor.submit(submission)).isInstanceOf(SubmissionOutcome.Accepted.class);
            assertThat(executor.find(submission)).isInstanceOf(SearchOutcome.Found.class);
            Map<ElementId, Observation> found = executor.observe(List.of(submission));
            while (!(found.get(submission.element(0)) instanceof Observation.Ended)
                    || !(found.get(submission.element(1)) instanceof Observation.Ended)) {
                LockSupport.parkNanos(executor.observationInterval().toNanos());
                found = executor.observe(List.of(submission));
            }
            assertThat(found.values())
                    .allSatisfy(each ->
                            assertThat(((Observation.Ended) each).state()).isEqualTo(Observation.EndState.COMPLETED));
        }
    }

    @Test
    void noWordOfACommandIsReadByTheShellOfTheLoginNode() throws IOException {
        try (SshCommandRunner runner = new SshCommandRunner(settings(), Clock.systemUTC())) {
            String nasty = "it's; $(touch '" + folder.resolve("owned") + "') `id` \"x\" > /dev/null\nnext * ~";
            CommandResult result = runner.run(List.of("printf", "%s", nasty), LIMIT);
            assertThat(((CommandResult.Finished) result).out()).isEqualTo(nasty);
            assertThat(folder.resolve("owned")).doesNotExist();
        }
    }

    private ArraySubmission prepared() throws IOException {
        String token = UUID.randomUUID().toString().replace("-", "");
        ArraySubmission submission =
                new ArraySubmission(token, folder.resolve("submissions").resolve(token), 2, 2, Instant.now());
        for (int index = 0; index < 2; index++) {
            Files.createDirectories(submission.attempt(index));
        }
        WorkerArrayScript script = new WorkerArrayScript(
                token,
                submission.folder(),
                2,
                2,
                new Resources(1, 100, Duration.ofMinutes(5), List.of()),
                List.of("/bin/bash", "-c", "exit 0", "worker"),
                new TreeMap<>());
        Files.writeString(submission.script(), script.render());
        return submission;
    }

    private static SshSettings settings() {
        String[] place = System.getenv("MUGV_DEV_CLUSTER_SSH").split(":");
        Path keys = Path.of(System.getenv("MUGV_DEV_CLUSTER_FOLDER")).resolve("ssh");
        return new SshSettings(
                new SshHost(place[0], Integer.parseInt(place[1]), "root", Optional.empty()),
                new SshAuthentication.PrivateKey(keys.resolve("client_key"), Optional.empty()),
                keys.resolve("known_hosts"),
                Duration.ofSeconds(20),
                Duration.ofSeconds(15),
                SshSettings.DEFAULT_CHANNELS);
    }
}
