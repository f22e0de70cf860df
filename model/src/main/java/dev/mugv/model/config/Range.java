package dev.mugv.model.config;

/**
 * A closed range of a score; a score outside rejects the clip.
 *
 * @param min smallest value kept
 * @param max largest value kept
 */
public record Range(double min, double max) {
    public Range {
        new Faults()
                .require(min <= max, "min", "expected min <= max, found min " + min + " and max " + max)
                .throwIfAny();
    }

    public boolean contains(double value) {
        return value >= min && value <= max;
    }
}
