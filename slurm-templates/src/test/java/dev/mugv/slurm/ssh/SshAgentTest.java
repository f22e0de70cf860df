package dev.mugv.slurm.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.jcraft.jsch.JSchException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** OpenSSH's own agent holds the key; no file with a private key is named. */
@Timeout(60)
class SshAgentTest {
    @TempDir
    Path folder;

    private Path socket;
    private Process agent;
    private LoginNode node;

    @BeforeEach
    void start() throws IOException, JSchException, InterruptedException {
        boolean installed = Files.isExecutable(Path.of("/usr/bin/ssh-agent"));
        assumeTrue(installed, "No ssh-agent on this machine (Debian: openssh-client)");
        node = new LoginNode(folder);
        socket = folder.resolve("agent");
        agent = new ProcessBuilder("/usr/bin/ssh-agent", "-D", "-a", socket.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("agent.log").toFile())
                .start();
        while (!Files.exists(socket)) {
            assertThat(agent.isAlive())
                    .as(Files.readString(folder.resolve("agent.log")))
                    .isTrue();
            Thread.sleep(10);
        }
    }

    @AfterEach
    void stop() throws IOException {
        if (agent != null) {
            agent.destroy();
            node.close();
        }
    }

    @Test
    void aKeyThatTheAgentHoldsLogsIn() throws IOException, InterruptedException {
        Path key = folder.resolve("agents-key");
        said("/usr/bin/ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", key.toString());
        node.accept(key);
        said("/usr/bin/ssh-add", key.toString());
        Files.delete(key);
        assertThat(login()).contains("Finished[exitCode=0, out=in by the agent");
    }

    @Test
    void anAgentWithoutTheRightKeyIsRefused() throws IOException, InterruptedException {
        Path key = folder.resolve("agents-key");
        said("/usr/bin/ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", key.toString());
        said("/usr/bin/ssh-add", key.toString());
        assertThat(login()).contains("NoAnswer").contains("Correct the key or the agent");
    }

    private String login() throws IOException, InterruptedException {
        SshHost host = node.host(java.util.Optional.empty());
        return said(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                AgentLogin.class.getName(),
                Integer.toString(host.port()),
                node.knownHosts().toString());
    }

    private String said(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(command)).redirectErrorStream(true);
        builder.environment().put("SSH_AUTH_SOCK", socket.toString());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
