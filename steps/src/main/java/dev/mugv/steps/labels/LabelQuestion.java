package dev.mugv.steps.labels;

import dev.mugv.model.config.AnnotationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a step of a run has to know from people.
 *
 * @param kind which questions are asked
 * @param word what the batch is called, before the hash of what it shows
 * @param people how many label each item, and the seed of sides and orders
 * @param reuse which earlier labels count
 * @param shown what is to be labelled: one subject an item, or two of pairs
 */
public record LabelQuestion(
        LabelKind kind, String word, AnnotationRequest people, Reuse reuse, List<List<LabelSubject>> shown) {
    private static final int NAME_DIGITS = 8;

    public LabelQuestion {
        shown = shown.stream().map(List::copyOf).toList();
    }

    /** Which labels of earlier batches answer a question. */
    public enum Reuse {
        /** Those of each item by itself: people are asked about nothing a second time. */
        ITEMS,
        /** Those of a batch that shows all of it, so that the answers can be compared with each other. */
        WHOLE_BATCHES
    }

    /**
     * A batch of some of it, under a name that is a function of what it shows and how it is asked; not of where that lies, so that two
     * workspaces that made the same ask under the same names.
     *
     * @param ordinal 1 for the first batch of this name; further ones ask anew what can be shown there no more
     */
    LabelBatch batch(String run, List<List<LabelSubject>> some, int ordinal) {
        List<String> keys =
                new ArrayList<>(some.stream().map(LabelQuestion::key).sorted().toList());
        keys.add(people.annotators() + " " + people.seed());
        String name = word + "-"
                + LabelItem.digest(String.join("\n", keys)).substring(0, NAME_DIGITS)
                + (ordinal == 1 ? "" : "-" + ordinal);
        return LabelBatch.of(run, kind, name, people.annotators(), people.seed());
    }

    /** The items of a batch. */
    static List<LabelItem> items(LabelBatch batch, List<List<LabelSubject>> some) {
        return some.stream()
                .map(subjects -> subjects.size() == 1
                        ? LabelItem.of(batch, subjects.get(0))
                        : LabelItem.of(batch, subjects.get(0), subjects.get(1)))
                .toList();
    }

    /** What makes two items show the same, whatever batch they are of and whichever side is which. */
    static String key(List<LabelSubject> subjects) {
        return subjects.stream()
                .map(subject ->
                        String.join(" ", subject.subjectId(), subject.content().sha256(), subject.method()))
                .sorted()
                .collect(Collectors.joining("\n"));
    }
}
