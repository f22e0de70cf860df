package dev.mugv.steps.audit;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.audit.CheckpointRegister.Origin;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Checkpoints that have the weights of another and should not. The same piece of work done again by another build may well come to the same
 * bits, and a merge that chose what it was given as it is passes it on.
 */
final class SameWeights {
    private static final int SHOWN = 5;

    private final JdbcClient jdbc;

    SameWeights(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private record Entry(Origin origin, ArtifactRef ref, Path workspace) {
        String words() {
            return "%s, %s, %s".formatted(origin.run(), origin.step(), ref.key());
        }

        boolean isSamePiece(Origin other) {
            return origin.step().equals(other.step()) && origin.label().equals(other.label());
        }
    }

    /** The first of them by name, in words; none where all is in order. */
    List<String> elsewhere(Origin origin, ArtifactRef ref, String content, Path workspace) {
        Entry own = new Entry(origin, ref, workspace);
        return entries("content_sha256", content).stream()
                .filter(other -> !other.ref().key().equals(ref.key()) && !other.isSamePiece(origin))
                .filter(other -> !passedOn(own, other) && !passedOn(other, own))
                .map(Entry::words)
                .distinct()
                .sorted()
                .limit(SHOWN)
                .toList();
    }

    /** Whether a merge was made from a piece of work, of whatever build. */
    private boolean passedOn(Entry merge, Entry source) {
        if (merge.ref().task() != TaskKind.MERGE_CHECKPOINTS) {
            return false;
        }
        List<ArtifactRef> inputs;
        try {
            inputs = new ArtifactStore(merge.workspace()).manifest(merge.ref()).inputs();
        } catch (WorkFailure | UncheckedIOException gone) {
            return false;
        }
        return inputs.stream()
                .flatMap(input -> entries("artifact_key", input.key()).stream())
                .anyMatch(input -> input.isSamePiece(source.origin()));
    }

    private List<Entry> entries(String column, String value) {
        return jdbc.sql("""
                        SELECT run_name, step_name, label, task, artifact_key, manifest_sha256, workspace
                        FROM published_checkpoint WHERE %s = ?""".formatted(column))
                .param(value)
                .query((row, number) -> entry(row))
                .list();
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                new Origin(row.getString("run_name"), row.getString("step_name"), row.getString("label")),
                new ArtifactRef(
                        TaskKind.valueOf(row.getString("task")),
                        row.getString("artifact_key"),
                        row.getString("manifest_sha256")),
                Path.of(row.getString("workspace")));
    }
}
