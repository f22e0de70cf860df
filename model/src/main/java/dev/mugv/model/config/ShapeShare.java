package dev.mugv.model.config;

/**
 * A further shape of a phase.
 *
 * @param share of the phase's samples, above 0 and below 1
 * @param shape of those samples
 */
public record ShapeShare(double share, VideoShape shape) {
    public ShapeShare {
        new Faults()
                .require(share > 0 && share < 1, "share", "expected above 0 and below 1, found " + share)
                .throwIfAny();
    }
}
