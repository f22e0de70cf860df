package dev.mugv.steps.catalog;

/**
 * What speaks for and against a clip in finetuning.
 *
 * @param composite mean rank over the scores that are chosen by, 0 worst to 1 best
 * @param weight sampling weight: that of balancing times that of the clip's tagged group
 * @param review why annotators rejected it; empty when they did not
 */
public record FinetuneChoice(double composite, double weight, String review) {
    public FinetuneChoice {
        if (!(composite >= 0 && composite <= 1) || !(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "expected a composite score of 0 to 1 and a weight above 0, found %s and %s"
                            .formatted(composite, weight));
        }
    }

    /** Of a clip that nothing more is known of. */
    static FinetuneChoice of(double weight) {
        return new FinetuneChoice(0, weight, "");
    }
}
