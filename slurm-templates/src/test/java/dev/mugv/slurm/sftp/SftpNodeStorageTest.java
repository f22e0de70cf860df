package dev.mugv.slurm.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.jcraft.jsch.JSchException;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.NodeStorage.Content;
import dev.mugv.slurm.ssh.LoginNode;
import dev.mugv.slurm.ssh.SshAuthentication;
import dev.mugv.slurm.ssh.SshCommandRunner;
import dev.mugv.slurm.ssh.SshSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Two workspaces on this machine, with a real SSH server between them. */
@Timeout(60)
@EnabledOnOs(value = OS.LINUX, disabledReason = "the cluster's programs are GNU's")
class SftpNodeStorageTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path folder;

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private Path here;
    private Path there;
    private LoginNode node;
    private SshCommandRunner link;
    private SftpNodeStorage storage;

    @BeforeEach
    void connect() throws IOException, JSchException {
        here = Files.createDirectories(folder.resolve("it's here"));
        there = Files.createDirectories(folder.resolve("a cluster's * [o]? \\ $(touch owned) \"scratch\""));
        node = new LoginNode(Files.createDirectories(folder.resolve("node")));
        link = new SshCommandRunner(
                new SshSettings(
                        node.host(Optional.empty()),
                        new SshAuthentication.PrivateKey(node.key(), Optional.empty()),
                        node.knownHosts(),
                        LONG,
                        LONG,
                        4),
                () -> now);
        storage = new SftpNodeStorage(link, here, there, () -> now);
    }

    @AfterEach
    void disconnect() throws IOException {
        link.close();
        node.close();
    }

    @Test
    void aFileIsSentUnderAPendingNameVerifiedAndNotSentAgain() throws IOException {
        Path video = Files.writeString(folder.resolve("v?deo *.mp4"), "frames");
        Path name = here.resolve("videos").resolve(Hash.of(video));
        Files.createDirectories(name.getParent());
        Files.createSymbolicLink(name, video);
        Content content = new Content(name, name, Hash.of(video));
        storage.send(List.of(content));
        Path sent = storage.seenByNodes(name);
        assertThat(sent).startsWith(there).hasContent("frames").isRegularFile();
        Files.writeString(sent, "not sent again");
        storage.send(List.of(content));
        new SftpNodeStorage(link, here, there, () -> now).send(List.of(content));
        assertThat(sent).hasContent("not sent again");
        assertThat(pending()).isEmpty();
        assertThat(node.connections()).isEqualTo(1);
    }

    @Test
    void aFileThatDoesNotArriveAsItIsHasNoName() throws IOException {
        Path video = Files.writeString(here.resolve("video"), "frames");
        Content content = new Content(video, video, "0".repeat(64));
        assertThatThrownBy(() -> storage.send(List.of(content)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected SHA-256 " + "0".repeat(64));
        assertThat(storage.seenByNodes(video)).doesNotExist();
    }

    @Test
    void aTransferThatDiesLeavesNothingHalfAndTheNextDoesItAgain() throws IOException {
        Path large = here.resolve("large");
        Files.write(large, new byte[64 << 20]);
        Content content = new Content(large, large, Hash.of(large));
        CompletableFuture<String> dying = CompletableFuture.supplyAsync(() -> {
            try {
                storage.send(List.of(content));
                return "sent";
            } catch (IOException e) {
                return String.valueOf(e.getMessage());
            }
        });
        while (pending().isEmpty()) {
            Thread.onSpinWait();
        }
        node.cut();
        assertThat(dying.join()).isNotEqualTo("sent");
        assertThat(storage.seenByNodes(large)).doesNotExist();
        storage.send(List.of(content));
        assertThat(storage.seenByNodes(large)).hasSize(64 << 20);
    }

    @Test
    void aSubmissionIsDeliveredWithItsScript() throws IOException {
        ArraySubmission submission = prepared(2);
        storage.deliver(submission);
        assertThat(storage.seenByNodes(submission.attempt(0)).resolve("order.json"))
                .hasContent("order 0");
        assertThat(storage.seenByNodes(submission.attempt(1)).resolve("order.json"))
                .hasContent("order 1");
        assertThat(storage.seenByNodes(submission.attempt(1)).resolve("predecessor"))
                .hasContent("before");
        assertThat(storage.seenByNodes(submission.script())).hasContent("#!/bin/bash");
        assertThat(pending()).isEmpty();
        assertThat(folder.resolve("owned")).doesNotExist();
    }

    @Test
    void whatNodesWriteIsBroughtAndALogGrows() throws IOException {
        ArraySubmission submission = delivered(1);
        Path attempt = storage.seenByNodes(submission.attempt(0));
        Files.writeString(attempt.resolve("claim-0"), "host=node1\n");
        Files.writeString(attempt.resolve("heartbeat-0.json"), "{1}");
        Files.writeString(attempt.resolve("run-0.log"), "first\n");
        Files.writeString(attempt.resolve("pending-exit-0.json"), "half");
        Files.writeString(attempt.resolve("order.json"), "changed there");
        Files.writeString(attempt.resolve("core.1234"), "of no use here");
        storage.exchange(List.of(submission));
        assertThat(submission.attempt(0).resolve("claim-0")).hasContent("host=node1");
        assertThat(submission.attempt(0).resolve("heartbeat-0.json")).hasContent("{1}");
        assertThat(submission.log(0, 0)).hasContent("first");
        assertThat(submission.attempt(0).resolve("order.json")).hasContent("order 0");
        assertThat(submission.attempt(0)).isDirectoryNotContaining("glob:**{core,pending}*");

        Files.writeString(attempt.resolve("run-0.log"), "first\nsecond\n");
        Files.writeString(attempt.resolve("heartbeat-0.json"), "{2, longer}");
        Files.writeString(attempt.resolve("exit-0.json"), "{}");
        Path rank = Files.createDirectories(attempt.resolve("rendezvous-0")).resolve("rank-1.json");
        Files.writeString(rank, "{rank}");
        Path ended = Files.createDirectories(storage.seenByNodes(submission.ended()));
        Files.writeString(ended.resolve("0-0"), "0\n");
        storage.exchange(List.of(submission)); // too early for another look
        assertThat(submission.log(0, 0)).hasContent("first");
        now = now.plusSeconds(2);
        storage.exchange(List.of(submission));
        assertThat(submission.log(0, 0)).hasContent("first\nsecond");
        assertThat(submission.attempt(0).resolve("heartbeat-0.json")).hasContent("{2, longer}");
        assertThat(submission.attempt(0).resolve("exit-0.json")).hasContent("{}");
        assertThat(submission.attempt(0).resolve("rendezvous-0").resolve("rank-1.json"))
                .hasContent("{rank}");
        assertThat(submission.ended().resolve("0-0")).exists();
    }

    @Test
    void aStopOfTheControllersReachesTheWorkerAndOneOfASignalEndsWithItsRun() throws IOException {
        ArraySubmission submission = delivered(2);
        Path signal = storage.seenByNodes(submission.stopFile(0));
        Files.writeString(signal, "time-limit run 0\n");
        storage.exchange(List.of(submission));
        assertThat(submission.stopFile(0)).hasContent("time-limit run 0");
        Files.delete(signal);
        Files.write(submission.stopFile(1), new byte[0]);
        Files.write(submission.attempt(1).resolve("released"), new byte[0]);
        storage.tell(submission);
        assertThat(submission.stopFile(0)).doesNotExist();
        assertThat(signal).doesNotExist();
        assertThat(storage.seenByNodes(submission.stopFile(1))).isEmptyFile();
        assertThat(storage.seenByNodes(submission.attempt(1)).resolve("released"))
                .isEmptyFile();
        Files.write(submission.stopFile(0), new byte[0]);
        Files.writeString(signal, "terminated run 1\n");
        storage.tell(submission);
        assertThat(signal).isEmptyFile();
        assertThat(submission.stopFile(0)).isEmptyFile();
    }

    @Test
    void aSilentClusterIsNoAnswerAndIsHeardAgainLater() throws IOException {
        ArraySubmission submission = delivered(1);
        Files.writeString(storage.seenByNodes(submission.attempt(0)).resolve("claim-0"), "host=node1\n");
        node.close();
        assertThatThrownBy(() -> storage.exchange(List.of(submission))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> storage.exchange(List.of(submission))).isInstanceOf(IOException.class);
        assertThat(submission.attempt(0).resolve("claim-0")).doesNotExist();
        node.restart();
        now = now.plusSeconds(120);
        storage.exchange(List.of(submission));
        assertThat(submission.attempt(0).resolve("claim-0")).exists();
    }

    @Test
    void aSubmissionThatIsGoneFromTheClusterIsNoAnswer() throws IOException {
        ArraySubmission submission = prepared(1);
        assertThatThrownBy(() -> storage.exchange(List.of(submission)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("No such file");
    }

    @Test
    void aFileIsFetchedOrSaidNotToBeThere() throws IOException {
        Path file = here.resolve("artifacts").resolve("x").resolve("manifest.json");
        Path copy = here.resolve("copy");
        assertThat(storage.fetch(file, copy)).isFalse();
        assertThat(copy).doesNotExist();
        Files.createDirectories(storage.seenByNodes(file).getParent());
        Files.writeString(storage.seenByNodes(file), "{}");
        assertThat(storage.fetch(file, copy)).isTrue();
        assertThat(copy).hasContent("{}");
        Files.writeString(storage.seenByNodes(file), "[]");
        assertThat(storage.fetch(file, copy)).isTrue();
        assertThat(copy).hasContent("[]");
    }

    @Test
    void aFolderAppearsByOneRenameAndOneOfAnotherContentIsRefused() throws IOException {
        Path artifact = Files.createDirectories(here.resolve("artifacts").resolve("k"));
        Path deep = Files.writeString(
                Files.createDirectories(artifact.resolve("deep")).resolve("result"), "42");
        Path manifest = Files.writeString(artifact.resolve("manifest.json"), "{}");
        Content proof = new Content(manifest, manifest, Hash.of(manifest));
        storage.sendFolder(artifact, proof, List.of(new Content(deep, deep, Hash.of(deep))));
        assertThat(storage.seenByNodes(deep)).hasContent("42");
        assertThat(storage.seenByNodes(manifest)).hasContent("{}");
        assertThat(pending()).isEmpty();
        SftpNodeStorage next = new SftpNodeStorage(link, here, there, () -> now);
        next.sendFolder(artifact, proof, List.of());
        Files.writeString(storage.seenByNodes(manifest), "[]");
        SftpNodeStorage another = new SftpNodeStorage(link, here, there, () -> now);
        assertThatThrownBy(() -> another.sendFolder(artifact, proof, List.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected " + proof.sha256());
    }

    private ArraySubmission delivered(int elements) throws IOException {
        ArraySubmission submission = prepared(elements);
        storage.deliver(submission);
        return submission;
    }

    private ArraySubmission prepared(int elements) throws IOException {
        ArraySubmission submission =
                new ArraySubmission(TOKEN, here.resolve("submissions").resolve(TOKEN), elements, 1, now);
        for (int index = 0; index < elements; index++) {
            Files.createDirectories(submission.attempt(index));
            Files.writeString(submission.attempt(index).resolve("order.json"), "order " + index);
        }
        Files.writeString(submission.attempt(elements - 1).resolve("predecessor"), "before");
        Files.writeString(submission.script(), "#!/bin/bash\n");
        return submission;
    }

    /** Unfinished files and folders on the cluster. */
    private List<Path> pending() throws IOException {
        try (Stream<Path> all = Files.walk(there)) {
            return all.filter(file -> file.getFileName().toString().startsWith("pending-"))
                    .toList();
        }
    }
}
