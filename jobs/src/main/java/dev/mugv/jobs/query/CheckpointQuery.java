package dev.mugv.jobs.query;

import dev.mugv.jobs.batch.RunIdentity;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the models that a run's stages have published. */
public final class CheckpointQuery {
    private static final Set<TaskKind> MAKERS =
            Set.of(TaskKind.IMPORT_MODEL, TaskKind.TRAIN_MODEL, TaskKind.EXPAND_WIDTH, TaskKind.MERGE_CHECKPOINTS);

    private final JdbcClient jdbc;
    private final RunIdentity run;
    private final ArtifactStore store;

    public CheckpointQuery(JdbcClient jdbc, RunIdentity run) {
        this.jdbc = jdbc;
        this.run = run;
        this.store = new ArtifactStore(run.workspace());
    }

    /**
     * A published model.
     *
     * @param stage step that made it
     * @param updates optimizer updates of that stage
     * @param sha256 hash of the weights
     * @param manifestSha256 hash of the artifact's manifest, by which lineage knows it
     * @param figures losses and the like
     */
    public record Checkpoint(
            String stage,
            String label,
            String task,
            int width,
            int updates,
            long parameters,
            String sha256,
            String manifestSha256,
            String folder,
            SortedMap<String, Double> figures) {}

    /** All of them, in the order in which they were recorded. */
    public List<Checkpoint> all() {
        return rows().stream().map(this::checkpoint).toList();
    }

    /** Those that no other was made from: the end of the line. */
    public List<Checkpoint> last() {
        List<Row> rows = rows();
        Set<String> used = new HashSet<>();
        for (Row row : rows) {
            store.manifest(row.ref()).inputs().forEach(input -> used.add(input.key()));
        }
        return rows.stream()
                .filter(row -> !used.contains(row.ref().key()))
                .map(this::checkpoint)
                .toList();
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>(
                jdbc.sql("""
                        SELECT stage, label, task, artifact_key, manifest_sha256 FROM stage_artifact
                        WHERE run_name = ? ORDER BY recorded_at, position
                        """).param(run.name()).query((row, number) -> row(row)).list());
        rows.removeIf(row -> !MAKERS.contains(row.ref().task()));
        return rows;
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                row.getString("stage"),
                row.getString("label"),
                new ArtifactRef(
                        TaskKind.valueOf(row.getString("task")),
                        row.getString("artifact_key"),
                        row.getString("manifest_sha256")));
    }

    private Checkpoint checkpoint(Row row) {
        Path folder = store.folder(row.ref().task(), new ArtifactKey(row.ref().key()));
        ModelDescription model = Json.read(folder.resolve("model.json"), ModelDescription.class);
        return new Checkpoint(
                row.stage(),
                row.label(),
                row.ref().task().label(),
                model.size().width(),
                model.updates(),
                model.parameters(),
                model.modelSha256(),
                row.ref().manifestSha256(),
                folder.toString(),
                figures(row.stage()));
    }

    private SortedMap<String, Double> figures(String stage) {
        SortedMap<String, Double> figures = new TreeMap<>();
        jdbc.sql("SELECT name, value FROM stage_figure WHERE run_name = ? AND stage = ?")
                .params(run.name(), stage)
                .query((row, number) -> figures.put(row.getString("name"), row.getDouble("value")))
                .list();
        return figures;
    }

    private record Row(String stage, String label, ArtifactRef ref) {}
}
