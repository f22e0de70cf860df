package dev.mugv.steps.labels;

import dev.mugv.model.run.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is labelled at a time.
 *
 * @param itemId a function of the batch and of what is shown
 * @param batchId its batch
 * @param subjects one, or two side by side: left and right
 */
public record LabelItem(String itemId, String batchId, List<LabelSubject> subjects) {
    private static final int ID_DIGITS = 16;

    public LabelItem {
        subjects = List.copyOf(subjects);
        if (subjects.isEmpty() || subjects.size() > 2) {
            throw new IllegalArgumentException(
                    "item %s: expected one subject or two, found %d".formatted(itemId, subjects.size()));
        }
    }

    /** An item that shows one thing. */
    public static LabelItem of(LabelBatch batch, LabelSubject subject) {
        return new LabelItem(id(batch, List.of(subject)), batch.batchId(), List.of(subject));
    }

    /** An item that shows two; which one is on the left is decided by the batch's seed, whatever their order here. */
    public static LabelItem of(LabelBatch batch, LabelSubject one, LabelSubject other) {
        List<LabelSubject> pair = new ArrayList<>(Stream.of(one, other)
                .sorted(java.util.Comparator.comparing(LabelSubject::subjectId))
                .toList());
        String id = id(batch, pair);
        if (Character.digit(digest("side:" + batch.seed() + ":" + id).charAt(0), 16) % 2 == 1) {
            java.util.Collections.reverse(pair);
        }
        return new LabelItem(id, batch.batchId(), pair);
    }

    /** Where it stands in an annotator's order: everybody sees another one. */
    String place(LabelBatch batch, String annotator) {
        return digest("order:" + batch.seed() + ":" + annotator + ":" + itemId);
    }

    private static String id(LabelBatch batch, List<LabelSubject> subjects) {
        StringBuilder shown = new StringBuilder(batch.batchId());
        for (LabelSubject subject : subjects) {
            shown.append('\n')
                    .append(subject.subjectId())
                    .append('\n')
                    .append(subject.content().sha256())
                    .append('\n')
                    .append(subject.method());
        }
        return digest(shown.toString()).substring(0, ID_DIGITS);
    }

    static String digest(String text) {
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
