package dev.mugv.steps.labels;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What is left for one annotator of a batch: every annotator sees the items in an order of their own. */
public record LabelQueue(LabelBatch batch, String annotator, List<LabelItem> items, int given) {
    public LabelQueue {
        items = List.copyOf(items);
    }

    /**
     * The items that somebody may still label: not labelled by them, short of labels, and there.
     *
     * @param reader of the store
     */
    public static LabelQueue of(LabelReader reader, LabelBatch batch, String annotator) {
        List<GivenLabel> standing = reader.standing(batch);
        Set<String> own = standing.stream()
                .filter(label -> label.annotator().equals(annotator))
                .map(GivenLabel::itemId)
                .collect(Collectors.toSet());
        Map<String, Long> labels =
                standing.stream().collect(Collectors.groupingBy(GivenLabel::itemId, Collectors.counting()));
        Set<String> deleted = reader.deletedSubjects(batch);
        List<LabelItem> open = reader.items(batch).stream()
                .filter(item -> !own.contains(item.itemId()))
                .filter(item -> labels.getOrDefault(item.itemId(), 0L) < batch.annotatorsPerItem())
                .filter(item ->
                        item.subjects().stream().map(LabelSubject::subjectId).noneMatch(deleted::contains))
                .sorted(Comparator.comparing(item -> item.place(batch, annotator)))
                .toList();
        return new LabelQueue(batch, annotator, open, own.size());
    }

    /** The item to show: the one that is asked for, if it is among them, or the first. */
    public Optional<LabelItem> next(String wanted) {
        return items.stream()
                .filter(item -> item.itemId().equals(wanted))
                .findFirst()
                .or(() -> items.stream().findFirst());
    }

    /** How far they are. */
    public BatchProgress progress() {
        return new BatchProgress(batch, given, items.size());
    }
}
