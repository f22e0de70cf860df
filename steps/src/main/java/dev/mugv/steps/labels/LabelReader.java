package dev.mugv.steps.labels;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Looks into the label store; a connection that refuses to write is enough. */
public final class LabelReader {
    private static final String STANDING = """
            SELECT l.* FROM label l JOIN label_item i USING (item_id)
            WHERE %s AND NOT EXISTS (SELECT FROM label_withdrawal w
                WHERE (w.item_id, w.annotator, w.revision) = (l.item_id, l.annotator, l.revision))
            ORDER BY l.item_id COLLATE "C", l.annotator COLLATE "C\"""";

    private final JdbcClient jdbc;

    public LabelReader(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A run's batches in the order in which they were opened. */
    public List<LabelBatch> batches(String run) {
        return jdbc.sql("SELECT * FROM label_batch WHERE run_name = ? ORDER BY opened_at, name COLLATE \"C\"")
                .param(run)
                .query((row, number) -> batch(row))
                .list();
    }

    /** The batch of an id. */
    public Optional<LabelBatch> byId(String batchId) {
        return jdbc.sql("SELECT * FROM label_batch WHERE batch_id = ?")
                .param(batchId)
                .query((row, number) -> batch(row))
                .optional();
    }

    /** The batch of a name. */
    public Optional<LabelBatch> find(String run, String name) {
        return batches(run).stream().filter(batch -> batch.name().equals(name)).findFirst();
    }

    /**
     * The batch of a name.
     *
     * @throws WorkFailure of kind INVALID_REQUEST when there is none
     */
    public LabelBatch require(String run, String name) {
        return find(run, name)
                .orElseThrow(() -> new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot find labels '%s' of run '%s': expected one of %s. Correct the name, or see 'mugv labels list'."
                                .formatted(
                                        name,
                                        run,
                                        batches(run).stream()
                                                .map(LabelBatch::name)
                                                .toList())));
    }

    /** The items of a batch, ordered by id. */
    public List<LabelItem> items(LabelBatch batch) {
        return items("i.batch_id = ?", batch.batchId());
    }

    /** An item with its batch. */
    public Optional<LabelItem> item(String itemId) {
        return items("i.item_id = ?", itemId).stream().findFirst();
    }

    private List<LabelItem> items(String condition, String value) {
        Map<String, List<LabelSubject>> subjects = new LinkedHashMap<>();
        Map<String, String> batches = new TreeMap<>();
        jdbc.sql("""
                        SELECT i.batch_id, s.* FROM label_item i JOIN label_subject s USING (item_id)
                        WHERE %s ORDER BY item_id COLLATE "C", side""".formatted(condition))
                .param(value)
                .query((row, number) -> {
                    batches.put(row.getString("item_id"), row.getString("batch_id"));
                    return subjects.computeIfAbsent(row.getString("item_id"), id -> new ArrayList<>())
                            .add(subject(row));
                })
                .list();
        return subjects.entrySet().stream()
                .map(item -> new LabelItem(item.getKey(), batches.getOrDefault(item.getKey(), ""), item.getValue()))
                .toList();
    }

    /** Labels of a batch that were not withdrawn, ordered by item and annotator. */
    public List<GivenLabel> standing(LabelBatch batch) {
        return standing("i.batch_id = ?", batch.batchId());
    }

    /** Labels of an item that were not withdrawn, ordered by annotator. */
    public List<GivenLabel> standingOf(String itemId) {
        return standing("l.item_id = ?", itemId);
    }

    private List<GivenLabel> standing(String condition, String value) {
        return jdbc.sql(STANDING.formatted(condition))
                .param(value)
                .query((row, number) -> label(row))
                .list();
    }

    /**
     * Subjects of a batch that the run no longer has: clips of videos that are not admitted any more, samples of artifacts that
     * no stage consists of.
     */
    public Set<String> deletedSubjects(LabelBatch batch) {
        return Set.copyOf(jdbc.sql("""
                        SELECT DISTINCT s.subject_id FROM label_item i JOIN label_subject s USING (item_id)
                        WHERE i.batch_id = :batch AND CASE WHEN :clips
                            THEN NOT EXISTS (SELECT FROM source_video v WHERE v.run_name = :run AND v.sha256 = s.content_sha256
                                AND v.state = 'ADMITTED')
                            ELSE NOT EXISTS (SELECT FROM stage_artifact a WHERE a.run_name = :run AND a.task = s.task
                                AND a.artifact_key = s.artifact_key) END""")
                .param("batch", batch.batchId())
                .param("run", batch.run())
                .param("clips", batch.kind() == LabelKind.CLIP_REVIEW)
                .query(String.class)
                .list());
    }

    private static LabelBatch batch(ResultSet row) throws SQLException {
        return new LabelBatch(
                row.getString("batch_id"),
                row.getString("run_name"),
                LabelKind.valueOf(row.getString("kind")),
                row.getString("name"),
                row.getInt("annotators_per_item"),
                row.getLong("seed"));
    }

    private static LabelSubject subject(ResultSet row) throws SQLException {
        return new LabelSubject(
                row.getString("subject_id"),
                new LabelSubject.Content(
                        row.getString("content_sha256"),
                        TaskKind.valueOf(row.getString("task")),
                        row.getString("artifact_key"),
                        row.getString("file"),
                        row.getString("reference_file")),
                row.getString("method"),
                row.getString("prompt"));
    }

    private static GivenLabel label(ResultSet row) throws SQLException {
        SortedMap<String, String> answers = new TreeMap<>();
        Json.parse(row.getString("answers"), tools.jackson.databind.JsonNode.class)
                .properties()
                .forEach(
                        answer -> answers.put(answer.getKey(), answer.getValue().asString()));
        return new GivenLabel(
                row.getString("item_id"),
                row.getString("annotator"),
                answers,
                row.getString("origin"),
                row.getObject("given_at", OffsetDateTime.class).toInstant());
    }
}
