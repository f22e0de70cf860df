package dev.mugv.steps.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.config.RoleSeparation;
import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.audit.Actor;
import dev.mugv.steps.audit.AuditFinding;
import dev.mugv.steps.audit.AuditLog;
import dev.mugv.steps.audit.ChainState;
import dev.mugv.steps.audit.ChainVerification;
import dev.mugv.steps.audit.CheckpointRegister;
import dev.mugv.steps.audit.HeadFiles;
import dev.mugv.steps.audit.WorkspaceHeads;
import dev.mugv.steps.retention.WrittenArtifact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The embedded server's data folder, copied while it was stopped and put back later: an older backup as people have it. */
class RestoredBackupTest {
    @TempDir
    Path scratch;

    private EmbeddedServerFolders folders;
    private Path workspace;

    @BeforeEach
    void chooseFolders() throws IOException {
        folders = EmbeddedServerFolders.of(scratch, System.getenv()).withHome(scratch.resolve("server"));
        workspace = Files.createDirectory(scratch.resolve("workspace"));
    }

    @AfterEach
    void stopServer() {
        new ZonkyPostgres(folders).stop();
    }

    @Test
    void anOlderBackupIsFoundByTheFilesBesideCheckpointsBeforeAndAfterItWentOn() throws Exception {
        publish("pretrain");
        new ZonkyPostgres(folders).stop();
        Path backup = copy(folders.data(), scratch.resolve("backup"));
        publish("finetune");
        assertThat(findings()).isEmpty();

        new ZonkyPostgres(folders).stop();
        PostgresFixture.deleteTree(folders.data());
        copy(backup, folders.data());
        List<AuditFinding> restored = findings();
        assertThat(restored).extracting(AuditFinding::kind).containsExactly(AuditFinding.Kind.OLDER_THAN_FILES);
        assertThat(restored.get(0).text())
                .contains("was written when there were 2 events, found 1")
                .contains("restored from a backup older than that");
        assertThat(objection()).contains("when the audit log had 2 events, this database has 1");

        // Work goes on with the restored database, and publishes other things.
        publish("align");
        publish("evaluate");
        List<AuditFinding> later = findings();
        assertThat(later).extracting(AuditFinding::kind).containsExactly(AuditFinding.Kind.DEPARTS_FROM_FILES);
        assertThat(later.get(0).text()).contains("files and database agree up to event 1");
    }

    private DataSource opened() {
        DatabaseRoles roles = new ZonkyPostgres(folders).openRoles();
        new DatabasePreparation(roles, RoleSeparation.REQUIRED).prepare();
        return roles.application().dataSource();
    }

    private void publish(String step) {
        DataSource source = opened();
        JdbcClient jdbc = JdbcClient.create(source);
        TransactionTemplate transactions = new TransactionTemplate(new JdbcTransactionManager(source));
        CheckpointRegister register = new CheckpointRegister(
                jdbc, new AuditLog(jdbc, transactions, new Actor("ann", "login1", 1)), workspace, Clock.systemUTC());
        ArtifactRef ref =
                WrittenArtifact.write(workspace, TaskKind.TRAIN_MODEL, step, Map.of("model.safetensors", step));
        transactions.executeWithoutResult(
                status -> register.enter(new CheckpointRegister.Origin("cats", step, step), ref));
        register.writeHead("cats", ref);
        assertThat(new HeadFiles(workspace).file(ref.task(), new ArtifactKey(ref.key())))
                .exists();
    }

    private List<AuditFinding> findings() throws Exception {
        DataSource source = opened();
        try (Connection connection = source.getConnection()) {
            return new ChainVerification(
                            connection,
                            new WorkspaceHeads(JdbcClient.create(source))
                                    .find(workspace)
                                    .heads())
                    .verify()
                    .findings();
        }
    }

    private String objection() {
        JdbcClient jdbc = JdbcClient.create(opened());
        return new HeadFiles(workspace)
                .all().heads().stream()
                        .flatMap(head -> ChainState.read(jdbc).objection(jdbc, head).stream())
                        .findFirst()
                        .orElse("none");
    }

    /** With owners and rights: the server refuses data that others could read. */
    private static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Path copied = to.resolve(from.relativize(path).toString());
                Files.copy(path, copied, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
                Files.setOwner(copied, Files.getOwner(path));
            }
        }
        return to;
    }
}
