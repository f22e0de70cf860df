package dev.mugv.jobs.batch;

import dev.mugv.model.config.SlurmExecution;
import dev.mugv.slurm.client.CommandLineSlurmClient;
import dev.mugv.slurm.client.SlurmClient;
import dev.mugv.slurm.command.CommandRunner;
import dev.mugv.slurm.command.LocalCommandRunner;
import dev.mugv.slurm.executor.NodeStorage;
import dev.mugv.slurm.sftp.SftpNodeStorage;
import dev.mugv.slurm.ssh.SshCommandRunner;
import java.nio.file.Path;
import java.time.Clock;

/** The way to a cluster that a configuration describes, for commands that ask Slurm something without a controller. */
public final class ClusterLink implements AutoCloseable {
    private final CommandRunner runner;
    private final SlurmClient client;
    private final SlurmExecution slurm;
    private final Clock clock;

    private ClusterLink(SlurmExecution slurm, Clock clock) {
        this.runner = slurm.ssh()
                .<CommandRunner>map(ssh -> new SshCommandRunner(SshLinks.settings(ssh), clock))
                .orElseGet(LocalCommandRunner::new);
        this.client = new CommandLineSlurmClient(runner, slurm.commandTimeout());
        this.slurm = slurm;
        this.clock = clock;
    }

    /** Opens nothing yet: a link over SSH is made by its first command. */
    public static ClusterLink of(SlurmExecution slurm) {
        return of(slurm, Clock.systemUTC());
    }

    static ClusterLink of(SlurmExecution slurm, Clock clock) {
        return new ClusterLink(slurm, clock);
    }

    /**
     * Where nodes find the files of a workspace; over the session that commands use too, but none of Slurm's calls.
     *
     * @param workspace the controller's, absolute
     */
    public NodeStorage storage(Path workspace) {
        return slurm.storage()
                .filter(storage -> runner instanceof SshCommandRunner)
                .<NodeStorage>map(storage ->
                        new SftpNodeStorage((SshCommandRunner) runner, workspace, Path.of(storage.workspace()), clock))
                .orElse(NodeStorage.SHARED);
    }

    /** Runs programs where Slurm is. */
    public CommandRunner runner() {
        return runner;
    }

    public SlurmClient client() {
        return client;
    }

    @Override
    public void close() {
        if (runner instanceof SshCommandRunner ssh) {
            ssh.close();
        }
    }
}
