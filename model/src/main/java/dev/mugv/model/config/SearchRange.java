package dev.mugv.model.config;

/**
 * Where a hyper-parameter is looked for.
 *
 * @param from least value
 * @param to largest value
 * @param scale on which values are spread evenly
 */
public record SearchRange(
        double from, double to, @Default("log") Scale scale) {
    /** On which values are spread. */
    public enum Scale {
        /** Evenly by value. */
        LINEAR,
        /** Evenly by magnitude; of a decay, by the magnitude of what it lacks to 1. */
        LOG
    }

    public SearchRange {
        new Faults()
                .require(
                        from < to,
                        "to",
                        "expected a range of some width, above 'from' (%s), found %s".formatted(from, to))
                .require(
                        scale == Scale.LINEAR || from > 0,
                        "from",
                        "expected above 0 on a logarithmic scale, found " + from)
                .throwIfAny();
    }

    /** The value at a share of the way. */
    public double at(double share) {
        return switch (scale) {
            case LINEAR -> from + (to - from) * share;
            case LOG -> from * StrictMath.pow(to / from, share);
        };
    }

    /** The same of a decay, on the scale of what it lacks to 1. */
    public double decayAt(double share) {
        return switch (scale) {
            case LINEAR -> at(share);
            case LOG -> 1 - (1 - from) * StrictMath.pow((1 - to) / (1 - from), share);
        };
    }
}
