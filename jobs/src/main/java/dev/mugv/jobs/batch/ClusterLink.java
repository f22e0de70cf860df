package dev.mugv.jobs.batch;

import dev.mugv.model.config.SlurmExecution;
import dev.mugv.slurm.client.CommandLineSlurmClient;
import dev.mugv.slurm.client.SlurmClient;
import dev.mugv.slurm.command.CommandRunner;
import dev.mugv.slurm.command.LocalCommandRunner;
import dev.mugv.slurm.ssh.SshCommandRunner;
import java.time.Clock;

/** The way to a cluster that a configuration describes, for commands that ask Slurm something without a controller. */
public final class ClusterLink implements AutoCloseable {
    private final CommandRunner runner;
    private final SlurmClient client;

    private ClusterLink(CommandRunner runner, SlurmClient client) {
        this.runner = runner;
        this.client = client;
    }

    /** Opens nothing yet: a link over SSH is made by its first command. */
    public static ClusterLink of(SlurmExecution slurm) {
        CommandRunner runner = runner(slurm, Clock.systemUTC());
        return new ClusterLink(runner, new CommandLineSlurmClient(runner, slurm.commandTimeout()));
    }

    static CommandRunner runner(SlurmExecution slurm, Clock clock) {
        return slurm.ssh()
                .<CommandRunner>map(ssh -> new SshCommandRunner(SshLinks.settings(ssh), clock))
                .orElseGet(LocalCommandRunner::new);
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
