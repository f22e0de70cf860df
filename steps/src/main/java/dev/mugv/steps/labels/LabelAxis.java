package dev.mugv.steps.labels;

import java.util.List;
import java.util.Optional;

/**
 * One question about an item.
 *
 * @param name as it stands in the store and in CSV files
 * @param question as annotators read it
 * @param answers that may be given
 * @param asked only after this axis was answered with {@link LabelKind#YES}; absent: always
 */
public record LabelAxis(String name, String question, List<String> answers, Optional<String> asked) {
    public LabelAxis {
        answers = List.copyOf(answers);
    }

    static LabelAxis passOrFail(String name, String question) {
        return new LabelAxis(name, question, List.of("pass", "fail"), Optional.empty());
    }

    static LabelAxis sides(String name, String question) {
        return new LabelAxis(name, question, List.of("first", "second", "tie"), Optional.empty());
    }

    /** @param asked the axis that must have been answered with yes; empty: always asked */
    static LabelAxis stage(String asked, String name, String question) {
        return new LabelAxis(
                name, question, List.of("yes", "no"), Optional.of(asked).filter(axis -> !axis.isEmpty()));
    }
}
