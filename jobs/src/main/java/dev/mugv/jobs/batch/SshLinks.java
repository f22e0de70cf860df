package dev.mugv.jobs.batch;

import dev.mugv.model.config.SshConfiguration;
import dev.mugv.slurm.ssh.SshAuthentication;
import dev.mugv.slurm.ssh.SshHost;
import dev.mugv.slurm.ssh.SshSettings;
import java.nio.file.Path;
import java.util.Optional;

/** The link that a configuration describes. */
final class SshLinks {
    private static final int USUAL_PORT = 22;

    private SshLinks() {}

    /** Where commands are run, as ledgers call it. */
    static String place(Optional<SshConfiguration> ssh) {
        return ssh.map(link -> link.user() + "@" + link.host() + ":" + link.port())
                .orElse("local");
    }

    /** Whose jobs a command sees. */
    static String user(Optional<SshConfiguration> ssh) {
        return ssh.map(SshConfiguration::user).orElseGet(() -> System.getProperty("user.name", "unknown"));
    }

    static SshSettings settings(SshConfiguration ssh) {
        Optional<SshHost> way = Optional.empty();
        for (String jump : ssh.jumps()) {
            int at = jump.indexOf('@');
            int colon = jump.indexOf(':', at);
            way = Optional.of(new SshHost(
                    jump.substring(at + 1, colon < 0 ? jump.length() : colon),
                    colon < 0 ? USUAL_PORT : Integer.parseInt(jump.substring(colon + 1)),
                    jump.substring(0, at),
                    way));
        }
        SshAuthentication authentication = ssh.key()
                .<SshAuthentication>map(key -> new SshAuthentication.PrivateKey(key, ssh.passphraseFile()))
                .orElseGet(SshAuthentication.Agent::new);
        Path knownHosts =
                ssh.knownHosts().orElseGet(() -> Path.of(System.getProperty("user.home"), ".ssh", "known_hosts"));
        return new SshSettings(
                new SshHost(ssh.host(), ssh.port(), ssh.user(), way),
                authentication,
                knownHosts,
                ssh.connectTimeout(),
                ssh.keepAlive(),
                ssh.channels());
    }
}
