package dev.mugv.steps.labels;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the labels of an item come to.
 *
 * @param labels how many there are
 * @param isComplete whether as many as the batch asks for
 * @param verdict of more than half of them; empty when there is no such majority
 */
public record MajorityVerdict(LabelItem item, int labels, boolean isComplete, Optional<String> verdict) {
    /** The verdict of every item of a batch, in the order of items; nothing of an item without labels. */
    public static List<MajorityVerdict> of(LabelBatch batch, List<LabelItem> items, List<GivenLabel> standing) {
        Map<String, List<GivenLabel>> labels = byItem(standing);
        List<MajorityVerdict> verdicts = new ArrayList<>();
        for (LabelItem item : items) {
            List<GivenLabel> given = labels.getOrDefault(item.itemId(), List.of());
            if (!given.isEmpty()) {
                verdicts.add(new MajorityVerdict(
                        item, given.size(), given.size() >= batch.annotatorsPerItem(), verdict(batch.kind(), given)));
            }
        }
        return verdicts;
    }

    /** Labels by their item, in the order of items' first ones. */
    static Map<String, List<GivenLabel>> byItem(List<GivenLabel> labels) {
        Map<String, List<GivenLabel>> byItem = new LinkedHashMap<>();
        labels.forEach(label ->
                byItem.computeIfAbsent(label.itemId(), id -> new ArrayList<>()).add(label));
        return byItem;
    }

    private static Optional<String> verdict(LabelKind kind, List<GivenLabel> given) {
        return switch (kind) {
            case CLIP_REVIEW, PAIRWISE, ABSOLUTE ->
                majority(given.stream()
                        .map(label -> kind.verdict(label.answers()))
                        .toList());
            case HUMAN_EVALUATION -> Optional.of(stage(given));
        };
    }

    /** Each stage by its own majority: who said no to one says no to those after it. */
    private static String stage(List<GivenLabel> given) {
        TreeMap<String, String> majority = new TreeMap<>();
        for (LabelAxis axis : LabelKind.HUMAN_EVALUATION.axes()) {
            long yes = given.stream()
                    .filter(label -> LabelKind.YES.equals(label.answers().get(axis.name())))
                    .count();
            majority.put(axis.name(), 2 * yes > given.size() ? LabelKind.YES : LabelKind.NO);
        }
        return LabelKind.HUMAN_EVALUATION.verdict(majority);
    }

    private static Optional<String> majority(List<String> values) {
        Map<String, Integer> counts = new TreeMap<>();
        values.forEach(value -> counts.merge(value, 1, Integer::sum));
        return counts.entrySet().stream()
                .filter(count -> 2 * count.getValue() > values.size())
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
