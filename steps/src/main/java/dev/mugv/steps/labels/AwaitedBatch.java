package dev.mugv.steps.labels;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A batch that a step of a run waits for, as it stands.
 *
 * @param step that waits
 * @param items of the batch that are there to be labelled
 * @param complete how many of them have all their labels
 * @param labels given so far, of {@code items} times the annotators of each
 */
public record AwaitedBatch(String step, LabelBatch batch, int items, int complete, int labels) {
    /** What a run waits for, in the order in which it asked; a connection that refuses to write is enough. */
    public static List<AwaitedBatch> of(JdbcClient jdbc, String run, Path workspace) {
        LabelReader reader = new LabelReader(jdbc);
        record Asked(String step, String batchId) {}
        return jdbc
                .sql("""
                        SELECT step_name, batch_id FROM label_request WHERE run_name = ? AND workspace = ?
                        ORDER BY asked_at, batch_id COLLATE "C\"""")
                .params(run, workspace.toString())
                .query((row, number) -> new Asked(row.getString("step_name"), row.getString("batch_id")))
                .list()
                .stream()
                .flatMap(asked -> reader.byId(asked.batchId()).map(batch -> of(reader, asked.step(), batch)).stream())
                .toList();
    }

    /** A batch as it stands now. */
    static AwaitedBatch of(LabelReader reader, String step, LabelBatch batch) {
        Set<String> deleted = reader.deletedSubjects(batch);
        List<LabelItem> there = reader.items(batch).stream()
                .filter(item -> item.subjects().stream().noneMatch(subject -> deleted.contains(subject.subjectId())))
                .toList();
        Set<String> ids = there.stream().map(LabelItem::itemId).collect(Collectors.toSet());
        Map<String, Long> given = reader.standing(batch).stream()
                .filter(label -> ids.contains(label.itemId()))
                .collect(Collectors.groupingBy(GivenLabel::itemId, Collectors.counting()));
        int complete = (int) given.values().stream()
                .filter(count -> count >= batch.annotatorsPerItem())
                .count();
        return new AwaitedBatch(step, batch, there.size(), complete, (int)
                given.values().stream().mapToLong(count -> count).sum());
    }

    /** Whether nothing is left to be labelled. */
    public boolean isComplete() {
        return complete >= items;
    }

    /** For example {@code labels 'pairs-1a2b3c4d' (pairwise): 3 of 8 items are complete, 11 of 24 labels are given}. */
    public String text() {
        return "labels '%s' (%s): %d of %d items are complete, %d of %d labels are given"
                .formatted(
                        batch.name(), batch.kind().label(), complete, items, labels, items * batch.annotatorsPerItem());
    }
}
