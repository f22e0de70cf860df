package dev.mugv.model.config;

/**
 * What is done about an update whose loss or gradient norm stands far above those before it. Both are compared with their running
 * mean plus so many standard deviations; what stands out is left out of the means.
 *
 * @param policy what is done
 * @param sigma standard deviations above the mean from which on an update stands out
 * @param decay of the running means
 * @param afterUpdates updates that must have been observed before any is judged
 * @param giveUpAfter how many in a row, or how many rewinds in all, end the training
 */
public record SpikeRules(
        @Default("off") Policy policy,
        @Default("6") double sigma,
        @Default("0.99") double decay,
        @Default("50") int afterUpdates,
        @Default("10") int giveUpAfter) {
    /** Nothing is looked for. */
    public static final SpikeRules NONE = new SpikeRules(Policy.OFF, 6, 0.99, 50, 10);

    /** What is done about a spike. */
    public enum Policy {
        /** Nothing is looked for. */
        OFF,
        /** Gradients are scaled down to the largest norm that would not have stood out. */
        CLIP,
        /** The update is not applied. */
        SKIP,
        /** Back to the last checkpoint of the cadence, and on with batches that have not been shown; without one, as skip. */
        REWIND
    }

    public SpikeRules {
        new Faults()
                .within(1, 1000, sigma, "sigma")
                .within(0, 0.9999999, decay, "decay")
                .atLeast(2, afterUpdates, "afterUpdates")
                .atLeast(1, giveUpAfter, "giveUpAfter")
                .throwIfAny();
    }
}
