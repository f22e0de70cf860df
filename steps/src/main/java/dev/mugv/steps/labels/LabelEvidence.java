package dev.mugv.steps.labels;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What labels of samples rest on where people gave them.
 *
 * @param given who said what and when, by the id of the label that it came to
 * @param agreements how far they agreed, one of each kind of questions
 */
public record LabelEvidence(Map<String, List<GivenLabel>> given, List<Agreement> agreements) {
    /** Of labels that no person gave, or of which nothing is known but a file. */
    public static final LabelEvidence NONE = new LabelEvidence(Map.of(), List.of());

    public LabelEvidence {
        given = java.util.Collections.unmodifiableMap(new TreeMap<>(given));
        agreements = List.copyOf(agreements);
    }

    /** What is told of the labels of one id; empty where nobody is known. */
    public List<GivenLabel> of(String labelId) {
        return given.getOrDefault(labelId, List.of());
    }
}
