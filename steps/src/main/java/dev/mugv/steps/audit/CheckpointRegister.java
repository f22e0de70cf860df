package dev.mugv.steps.audit;

import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.format.VaeDescription;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.OutputManifest;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Table {@code published_checkpoint} and the heads of the audit log beside checkpoints. Entering a checkpoint a second time
 * changes nothing; entering one whose weights stand there under another name raises an alarm.
 */
public final class CheckpointRegister {
    /** Tasks that make a checkpoint, with the file that holds its weights. */
    private static final Map<TaskKind, String> WEIGHTS = Map.of(
            TaskKind.TRAIN_VAE, VaeDescription.WEIGHTS_FILE_NAME,
            TaskKind.IMPORT_VAE, VaeDescription.WEIGHTS_FILE_NAME,
            TaskKind.IMPORT_MODEL, ModelDescription.WEIGHTS_FILE_NAME,
            TaskKind.TRAIN_MODEL, ModelDescription.WEIGHTS_FILE_NAME,
            TaskKind.EXPAND_WIDTH, ModelDescription.WEIGHTS_FILE_NAME,
            TaskKind.MERGE_CHECKPOINTS, ModelDescription.WEIGHTS_FILE_NAME);

    private final JdbcClient jdbc;
    private final AuditLog log;
    private final Path workspace;
    private final Clock clock;

    public CheckpointRegister(JdbcClient jdbc, AuditLog log, Path workspace, Clock clock) {
        this.jdbc = jdbc;
        this.log = log;
        this.workspace = workspace.toAbsolutePath().normalize();
        this.clock = clock;
    }

    /** Tasks whose artifacts are checkpoints. */
    public static Set<TaskKind> makers() {
        return WEIGHTS.keySet();
    }

    /** Whether artifacts of this task are checkpoints. */
    public static boolean holds(TaskKind task) {
        return WEIGHTS.containsKey(task);
    }

    /**
     * Where a checkpoint comes from.
     *
     * @param step Spring Batch step that asked for it
     * @param label which piece of the step
     */
    public record Origin(String run, String step, String label) {}

    /** Enters a published checkpoint, in the transaction that is under way; what is no checkpoint is left alone. */
    public void enter(Origin origin, ArtifactRef ref) {
        if (!holds(ref.task())) {
            return;
        }
        String content = contentHash(new ArtifactStore(workspace).manifest(ref));
        int entered = jdbc.sql("""
                        INSERT INTO published_checkpoint (run_name, step_name, label, task, artifact_key, manifest_sha256,
                            content_sha256, workspace)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT ON CONSTRAINT published_checkpoint_pk DO NOTHING""")
                .params(
                        origin.run(),
                        origin.step(),
                        origin.label(),
                        ref.task().name(),
                        ref.key(),
                        ref.manifestSha256(),
                        content,
                        workspace.toString())
                .update();
        if (entered == 0) {
            return;
        }
        log.append(AuditEvent.of(
                AuditKind.PUBLISHED,
                origin.run(),
                ref.key(),
                Map.of(
                        "content-sha256", content,
                        "label", origin.label(),
                        "manifest-sha256", ref.manifestSha256(),
                        "step", origin.step(),
                        "task", ref.task().label(),
                        "workspace", workspace.toString())));
        likeness(origin, ref, content)
                .ifPresent(alarm -> log.append(AuditEvent.of(
                        AuditKind.ALARM, origin.run(), ref.key(), new TreeMap<>(Map.of("found", alarm)))));
    }

    /** Writes the head of the log beside a checkpoint that was entered and committed, where there is none yet. */
    public void writeHead(String run, ArtifactRef ref) {
        if (holds(ref.task())) {
            ChainState state = ChainState.read(jdbc);
            new HeadFiles(workspace)
                    .write(new AuditHead(
                            AuditHead.FORMAT_VERSION,
                            state.chainId(),
                            state.events(),
                            state.hash(),
                            ref,
                            run,
                            clock.instant()));
        }
    }

    /**
     * What a checkpoint shares with another that it should not: its weights with another step's, or its key with other
     * weights.
     */
    private Optional<String> likeness(Origin origin, ArtifactRef ref, String content) {
        List<String> same = new SameWeights(jdbc).elsewhere(origin, ref, content, workspace);
        if (!same.isEmpty()) {
            return Optional.of("its weights %s are those of %s".formatted(content, String.join(" and of ", same)));
        }
        return jdbc.sql("""
                        SELECT content_sha256 FROM published_checkpoint WHERE artifact_key = ? AND content_sha256 <> ?
                        ORDER BY published_at LIMIT 1""")
                .params(ref.key(), content)
                .query(String.class)
                .optional()
                .map(other -> "the same work came to weights %s before, and to %s now".formatted(other, content));
    }

    /** What makes two checkpoints the same: the bits of their weights. */
    public static String contentHash(OutputManifest manifest) {
        OutputManifest.FileEntry weights = manifest.files().get(WEIGHTS.getOrDefault(manifest.task(), ""));
        return weights != null
                ? weights.sha256()
                : Sha256.of(Json.text(manifest.files()).getBytes(StandardCharsets.UTF_8));
    }
}
