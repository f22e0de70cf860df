package dev.mugv.model.config;

/**
 * What a filter must reach on the planted set.
 *
 * @param precision smallest share of right ones among what it finds, 0 to 1
 * @param recall smallest share of what was planted that it finds, 0 to 1
 */
public record FilterFloor(
        @Default("0.9") double precision, @Default("0.9") double recall) {
    public FilterFloor {
        new Faults()
                .within(0, 1, precision, "precision")
                .within(0, 1, recall, "recall")
                .throwIfAny();
    }
}
