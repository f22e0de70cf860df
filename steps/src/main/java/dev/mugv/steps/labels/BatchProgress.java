package dev.mugv.steps.labels;

/**
 * How far a batch is for one annotator.
 *
 * @param given items that they have labelled
 * @param open items that they may still label
 */
public record BatchProgress(LabelBatch batch, int given, int open) {
    /** All that is theirs to label, done or not. */
    public int total() {
        return given + open;
    }
}
