package dev.mugv.model.config;

/**
 * How people are asked to label.
 *
 * @param annotators how many different people label each item; the majority decides
 * @param seed decides sides and the order in which each annotator sees items
 */
public record AnnotationRequest(
        @Default("3") int annotators, @Default("1") long seed) {
    /** What the label store takes. */
    private static final int MAX_ANNOTATORS = 99;

    public AnnotationRequest {
        new Faults().within(1, MAX_ANNOTATORS, annotators, "annotators").throwIfAny();
    }
}
