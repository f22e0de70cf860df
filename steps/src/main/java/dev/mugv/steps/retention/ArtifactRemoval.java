package dev.mugv.steps.retention;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.DurableFile;
import dev.mugv.steps.audit.AuditEvent;
import dev.mugv.steps.audit.AuditKind;
import dev.mugv.steps.audit.AuditLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Removes artifacts' files. Row and event are committed first: files may be left over with a record that says otherwise, and
 * go at the next removal, but none is ever gone without a record. Their training checkpoints go with them.
 */
public final class ArtifactRemoval {
    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final AuditLog log;
    private final Path workspace;

    public ArtifactRemoval(JdbcClient jdbc, TransactionOperations transactions, AuditLog log, Path workspace) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.log = log;
        this.workspace = workspace;
    }

    /** Removes one; its row of the ledger and its hash stay. */
    public void remove(String run, StoredArtifact artifact) {
        transactions.executeWithoutResult(status -> {
            jdbc.sql("""
                            INSERT INTO removed_artifact (artifact_key, workspace, task, manifest_sha256, files, bytes,
                                removed_by)
                            VALUES (?, ?, ?, ?, ?, ?, ?)""")
                    .params(
                            artifact.ref().key(),
                            workspace.toString(),
                            artifact.ref().task().name(),
                            artifact.ref().manifestSha256(),
                            artifact.files(),
                            artifact.bytes(),
                            log.actor().text())
                    .update();
            log.append(AuditEvent.of(
                    AuditKind.DELETED,
                    run,
                    artifact.ref().key(),
                    Map.of(
                            "bytes", artifact.bytes(),
                            "files", artifact.files(),
                            "manifest-sha256", artifact.ref().manifestSha256(),
                            "task", artifact.ref().task().label(),
                            "workspace", workspace.toString())));
        });
        try {
            delete(artifact.folder());
            delete(new ArtifactStore(workspace)
                    .durableFolder(
                            artifact.ref().task(),
                            new ArtifactKey(artifact.ref().key())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Out of sight by one rename, so that a reader never finds a part of it; then for good. */
    private static void delete(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        Path aside = folder.resolveSibling(
                DurableFile.PENDING_PREFIX + "removal-" + folder.getFileName() + "-" + UUID.randomUUID());
        Files.move(folder, aside, StandardCopyOption.ATOMIC_MOVE);
        try (Stream<Path> files = Files.walk(aside)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
