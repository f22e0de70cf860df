package dev.mugv.model.config;

/**
 * Ends a stage before its last update, when its validation loss has ceased to fall: at a validation whose improvement over a window of
 * validations lies, with confidence, under the least that is worth going on for.
 *
 * @param window validations back over which the improvement is measured; with the first of them there are {@code window + 1} points
 * @param leastImprovement of the loss over the window, as a share of the loss at its beginning
 * @param confidence chance at least that a stage which goes on improving by {@code leastImprovement} a window is not ended, over all
 *     looks that the rule may have
 * @param notBefore updates that the stage makes in any case
 */
public record PlateauRule(
        @Default("8") int window,
        @Default("0.001") double leastImprovement,
        @Default("0.95") double confidence,
        @Default("0") int notBefore) {
    /** With fewer validations in a window, how much they scatter from one to the next could not be told. */
    public static final int LEAST_WINDOW = 3;

    /** With fewer clips, how much they differ could not be told well enough to end anything. */
    public static final int FEWEST_CLIPS = 6;

    public PlateauRule {
        new Faults()
                .within(LEAST_WINDOW, 10_000, window, "window")
                .require(
                        leastImprovement > 0 && leastImprovement < 1,
                        "leastImprovement",
                        "expected above 0 and below 1, found " + leastImprovement)
                .within(0.5, 0.9999, confidence, "confidence")
                .atLeast(0, notBefore, "notBefore")
                .throwIfAny();
    }
}
