package dev.mugv.steps.catalog;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.TaskKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Tables {@code stage_artifact} and {@code stage_figure}: what each stage of a run consists of, and its numbers. */
public final class StageCatalog {
    private final JdbcClient jdbc;

    public StageCatalog(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** An artifact of a stage and the label of its piece of work. */
    public record StageArtifact(String label, ArtifactRef ref) {}

    /** Notes the artifact of one piece; to be called in the transaction that records its content. */
    public void put(String run, String stage, int position, StageArtifact artifact) {
        jdbc.sql("""
                        INSERT INTO stage_artifact (run_name, stage, label, task, artifact_key, manifest_sha256, position)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT ON CONSTRAINT stage_artifact_pk DO UPDATE SET
                            task = EXCLUDED.task, artifact_key = EXCLUDED.artifact_key,
                            manifest_sha256 = EXCLUDED.manifest_sha256, position = EXCLUDED.position,
                            recorded_at = now()""")
                .params(
                        run,
                        stage,
                        artifact.label(),
                        artifact.ref().task().name(),
                        artifact.ref().key(),
                        artifact.ref().manifestSha256(),
                        position)
                .update();
    }

    /** Forgets the pieces of a stage that its plan no longer has. */
    public void retain(String run, String stage, List<String> labels) {
        List<String> known = jdbc.sql("SELECT label FROM stage_artifact WHERE run_name = ? AND stage = ?")
                .params(run, stage)
                .query(String.class)
                .list();
        known.stream()
                .filter(label -> !labels.contains(label))
                .forEach(label -> jdbc.sql("DELETE FROM stage_artifact WHERE run_name = ? AND stage = ? AND label = ?")
                        .params(run, stage, label)
                        .update());
    }

    /** Stages of a run that have artifacts, in the order in which they first had one. */
    public List<String> stages(String run) {
        return jdbc.sql(
                        "SELECT stage FROM stage_artifact WHERE run_name = ? GROUP BY stage ORDER BY min(recorded_at), stage")
                .param(run)
                .query(String.class)
                .list();
    }

    /** Artifacts of a stage in the order of its plan. */
    public List<StageArtifact> artifacts(String run, String stage) {
        return jdbc.sql("SELECT * FROM stage_artifact WHERE run_name = ? AND stage = ? ORDER BY position, label")
                .params(run, stage)
                .query((rs, row) -> new StageArtifact(
                        rs.getString("label"),
                        new ArtifactRef(
                                TaskKind.valueOf(rs.getString("task")),
                                rs.getString("artifact_key"),
                                rs.getString("manifest_sha256"))))
                .list();
    }

    /** The artifact of a stage that consists of exactly one. */
    public Optional<ArtifactRef> findSingle(String run, String stage) {
        List<StageArtifact> all = artifacts(run, stage);
        return all.size() == 1 ? Optional.of(all.get(0).ref()) : Optional.empty();
    }

    /** Adds or replaces numbers of a stage; refuses what is not finite. */
    public void putFigures(String run, String stage, Map<String, Double> figures) {
        figures.forEach((name, value) -> {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("figure " + stage + "/" + name + " is " + value);
            }
            jdbc.sql("""
                            INSERT INTO stage_figure (run_name, stage, name, value) VALUES (?, ?, ?, ?)
                            ON CONFLICT ON CONSTRAINT stage_figure_pk DO UPDATE SET
                                value = EXCLUDED.value, recorded_at = now()""").params(run, stage, name, value).update();
        });
    }

    /** Numbers of a stage by name. */
    public SortedMap<String, Double> figures(String run, String stage) {
        SortedMap<String, Double> figures = new TreeMap<>();
        jdbc.sql("SELECT name, value FROM stage_figure WHERE run_name = ? AND stage = ?")
                .params(run, stage)
                .query(rs -> {
                    figures.put(rs.getString("name"), rs.getDouble("value"));
                });
        return figures;
    }
}
