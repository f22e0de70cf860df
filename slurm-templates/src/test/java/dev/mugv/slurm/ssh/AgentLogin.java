package dev.mugv.slurm.ssh;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A controller in a process of its own, because the agent is named by a variable of the environment. Arguments: port, known hosts. */
final class AgentLogin {
    private static final Duration LONG = Duration.ofSeconds(30);

    private AgentLogin() {}

    public static void main(String[] arguments) {
        SshSettings settings = new SshSettings(
                new SshHost("127.0.0.1", Integer.parseInt(arguments[0]), "hpc", Optional.empty()),
                new SshAuthentication.Agent(),
                Path.of(arguments[1]),
                LONG,
                LONG,
                8);
        try (SshCommandRunner runner = new SshCommandRunner(settings, Clock.systemUTC())) {
            System.out.println(runner.run(List.of("echo", "in by the agent"), LONG));
        }
    }
}
