package dev.mugv.model.config;

/**
 * What one sample of a shape costs, measured once on the machine that trains ({@code mugv model costs}). Part of the stage's
 * parameters, so that packing is a function of what the artifact key is a hash of.
 *
 * @param shape of the sample
 * @param seconds of an update over one sample, forward and backward; only ratios count
 */
public record ShapeCost(VideoShape shape, double seconds) {
    public ShapeCost {
        new Faults()
                .require(seconds > 0 && Double.isFinite(seconds), "seconds", "expected above 0, found " + seconds)
                .throwIfAny();
    }
}
