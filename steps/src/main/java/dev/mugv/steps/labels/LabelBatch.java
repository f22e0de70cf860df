package dev.mugv.steps.labels;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;

/**
 * Items that are labelled by the same questions.
 *
 * @param batchId a function of the others but the number of annotators and the seed
 * @param run whose clips or videos they are
 * @param name what people call it, unique in a run
 * @param annotatorsPerItem how many different people label each item
 * @param seed decides sides and the order in which each annotator sees items
 */
public record LabelBatch(String batchId, String run, LabelKind kind, String name, int annotatorsPerItem, long seed) {
    private static final int ID_DIGITS = 16;
    private static final int MAX_ANNOTATORS = 99;

    /**
     * A batch under its name.
     *
     * @throws WorkFailure of kind INVALID_REQUEST when name or number cannot be
     */
    public static LabelBatch of(String run, LabelKind kind, String name, int annotatorsPerItem, long seed) {
        if (!name.matches("[a-z0-9][a-z0-9._-]{0,63}")) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot open labels '%s': expected a name of up to 64 small letters, digits, dots and hyphens. Give another."
                            .formatted(name));
        }
        if (annotatorsPerItem < 1 || annotatorsPerItem > MAX_ANNOTATORS) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot open labels '%s': expected 1 to %d annotators an item, found %d. Correct --annotators."
                            .formatted(name, MAX_ANNOTATORS, annotatorsPerItem));
        }
        String id = LabelItem.digest(String.join("\n", run, kind.label(), name)).substring(0, ID_DIGITS);
        return new LabelBatch(id, run, kind, name, annotatorsPerItem, seed);
    }
}
