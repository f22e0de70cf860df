package dev.mugv.jobs.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.InvalidValuesException;
import dev.mugv.model.config.SshConfiguration;
import dev.mugv.slurm.ssh.SshAuthentication;
import dev.mugv.slurm.ssh.SshHost;
import dev.mugv.slurm.ssh.SshSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SshLinksTest {
    @Test
    void theWayLeadsOverTheJumpsInTheirOrder() {
        SshSettings settings = SshLinks.settings(configuration("login", List.of("me@first", "you@second:2222")));
        SshHost first = new SshHost("first", 22, "me", Optional.empty());
        SshHost second = new SshHost("second", 2222, "you", Optional.of(first));
        assertThat(settings.host()).isEqualTo(new SshHost("login", 22, "hpc", Optional.of(second)));
        assertThat(settings.authentication()).isEqualTo(new SshAuthentication.Agent());
        assertThat(settings.knownHosts()).endsWithRaw(Path.of(".ssh", "known_hosts"));
    }

    @Test
    void aNameThatCouldBeReadAsAnOptionIsRefused() {
        assertThatThrownBy(() -> configuration("-oProxyCommand=id", List.of("nobody")))
                .isInstanceOf(InvalidValuesException.class)
                .hasMessageContaining("host")
                .hasMessageContaining("expected user@host or user@host:port, found 'nobody'");
    }

    private static SshConfiguration configuration(String host, List<String> jumps) {
        return new SshConfiguration(
                host,
                22,
                "hpc",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                jumps,
                Duration.ofSeconds(30),
                Duration.ofSeconds(15),
                8,
                Optional.empty());
    }
}
