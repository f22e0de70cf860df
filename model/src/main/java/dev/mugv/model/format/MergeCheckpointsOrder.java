package dev.mugv.model.format;

/**
 * Parameters of {@code MERGE_CHECKPOINTS}; the order's one input is a {@code TRAIN_MODEL} artifact with kept checkpoints.
 * Checkpoint k gets a weight proportional to {@code decay^age}, the newest having age 0 (mugv.md, section 5.5).
 *
 * @param decay above 0 and up to 1; 1 is the plain mean
 * @param newest how many of the newest checkpoints are merged, or all when there are fewer
 */
public record MergeCheckpointsOrder(double decay, int newest) {
    public MergeCheckpointsOrder {
        if (!(decay > 0 && decay <= 1) || newest < 1) {
            throw new IllegalArgumentException(
                    "expected a decay above 0 and up to 1 and at least 1 checkpoint, found %s and %d"
                            .formatted(decay, newest));
        }
    }
}
