package dev.mugv.steps.audit;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads the files of published checkpoints again and holds them against the ledger: the hash of the manifest, of every file,
 * and of the weights against those of all other checkpoints. What it finds is appended to the audit log.
 */
public final class CheckpointVerification {
    private final JdbcClient jdbc;
    private final AuditLog log;

    public CheckpointVerification(JdbcClient jdbc, AuditLog log) {
        this.jdbc = jdbc;
        this.log = log;
    }

    /**
     * A checkpoint that the ledger knows.
     *
     * @param content hash of its weights when it was published; empty for one from before that was noted
     * @param workspace where its files are
     */
    public record Known(CheckpointRegister.Origin origin, ArtifactRef ref, String content, Path workspace) {
        /** Whether a person may mean it by this word: its step, or the beginning of its key or of one of its hashes. */
        boolean isMeantBy(String word) {
            return origin.step().equals(word)
                    || Stream.of(ref.key(), ref.manifestSha256(), content).anyMatch(hash -> hash.startsWith(word));
        }
    }

    /** How a checkpoint stands. */
    public enum Verdict {
        SOUND,
        /** Removed by retention, and so on record. */
        REMOVED,
        /** A file is missing, or is not what the ledger says. */
        CHANGED,
        /** Its weights are those of a checkpoint of another step. */
        SAME_AS_ANOTHER;

        public boolean isAlarm() {
            return this == CHANGED || this == SAME_AS_ANOTHER;
        }
    }

    /**
     * What was found.
     *
     * @param fact in one sentence; empty of a sound one
     */
    public record Checked(Known checkpoint, Verdict verdict, String fact) {}

    /** All checkpoints of a run, as they were published. */
    public List<Known> known(String run, Path workspace) {
        Map<String, Known> all = new LinkedHashMap<>();
        jdbc.sql("""
                        SELECT run_name, step_name, label, task, artifact_key, manifest_sha256, content_sha256, workspace
                        FROM published_checkpoint WHERE run_name = ? ORDER BY published_at""")
                .param(run)
                .query((row, number) ->
                        known(row, row.getString("content_sha256"), Path.of(row.getString("workspace"))))
                .list()
                .forEach(known -> all.put(identity(known), known));
        // Of a run from before checkpoints were entered, what its stages consist of.
        jdbc.sql("""
                        SELECT run_name, stage AS step_name, label, task, artifact_key, manifest_sha256
                        FROM stage_artifact WHERE run_name = ? ORDER BY recorded_at, position""").param(run).query((row, number) -> known(row, "", workspace)).list().stream()
                .filter(known -> CheckpointRegister.holds(known.ref().task()))
                .forEach(known -> all.putIfAbsent(identity(known), known));
        return List.copyOf(all.values());
    }

    /** Those of them that a word may mean. */
    public static List<Known> meantBy(List<Known> all, String word) {
        return all.stream().filter(known -> known.isMeantBy(word)).toList();
    }

    /** Reads a checkpoint's files, which may take as long as reading them takes, and appends what was found. */
    public Checked verify(Known known) {
        Checked checked = look(known);
        AuditKind kind = checked.verdict().isAlarm() ? AuditKind.ALARM : AuditKind.VERIFIED;
        log.append(AuditEvent.of(
                kind,
                known.origin().run(),
                known.ref().key(),
                Map.of(
                        "found", checked.fact(),
                        "manifest-sha256", known.ref().manifestSha256(),
                        "step", known.origin().step(),
                        "verdict", checked.verdict().name())));
        return checked;
    }

    private Checked look(Known known) {
        ArtifactStore store = new ArtifactStore(known.workspace());
        ArtifactRef ref = known.ref();
        Path folder = store.folder(ref.task(), new ArtifactKey(ref.key()));
        if (!Files.exists(folder) && wasRemoved(known)) {
            return new Checked(known, Verdict.REMOVED, "its files were removed by retention");
        }
        String content;
        try {
            store.open(ref);
            content = CheckpointRegister.contentHash(store.manifest(ref));
        } catch (WorkFailure | UncheckedIOException damaged) {
            return new Checked(known, Verdict.CHANGED, String.valueOf(damaged.getMessage()));
        }
        if (!known.content().isEmpty() && !known.content().equals(content)) {
            return new Checked(
                    known, Verdict.CHANGED, "expected weights %s, found %s".formatted(known.content(), content));
        }
        List<String> same = new SameWeights(jdbc).elsewhere(known.origin(), ref, content, known.workspace());
        return same.isEmpty()
                ? new Checked(known, Verdict.SOUND, "")
                : new Checked(
                        known,
                        Verdict.SAME_AS_ANOTHER,
                        "its weights %s are those of %s".formatted(content, String.join(" and of ", same)));
    }

    private boolean wasRemoved(Known known) {
        return jdbc.sql("SELECT count(*) FROM removed_artifact WHERE artifact_key = ? AND workspace = ?")
                        .params(known.ref().key(), known.workspace().toString())
                        .query(Integer.class)
                        .single()
                > 0;
    }

    private static String identity(Known known) {
        return known.ref().key() + known.ref().manifestSha256();
    }

    private static Known known(ResultSet row, String content, Path workspace) throws SQLException {
        return new Known(
                new CheckpointRegister.Origin(
                        row.getString("run_name"), row.getString("step_name"), row.getString("label")),
                new ArtifactRef(
                        TaskKind.valueOf(row.getString("task")),
                        row.getString("artifact_key"),
                        row.getString("manifest_sha256")),
                content,
                workspace);
    }
}
