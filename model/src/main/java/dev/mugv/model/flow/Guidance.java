package dev.mugv.model.flow;

import dev.mugv.model.config.GuidanceClamp;
import dev.mugv.model.config.SamplerConfiguration;

/**
 * Classifier-free guidance (mugv.md, section 4.2): v = v(negative) + s (v(caption) − v(negative)).
 *
 * @param scale s, from 0
 * @param rescale share, from 0 to 1, of v that is scaled to the standard deviation of v(caption)
 * @param clamp limit on the difference
 */
public record Guidance(double scale, double rescale, GuidanceClamp clamp) {
    public Guidance {
        if (!(scale >= 0) || !(rescale >= 0 && rescale <= 1)) {
            throw new IllegalArgumentException(
                    "expected a scale from 0 and a rescale from 0 to 1, found " + scale + " and " + rescale);
        }
    }

    /** The plain formula. */
    public static Guidance ofScale(double scale) {
        return new Guidance(scale, 0, GuidanceClamp.NONE);
    }

    public static Guidance of(SamplerConfiguration configuration) {
        return new Guidance(configuration.guidance(), configuration.guidanceRescale(), configuration.guidanceClamp());
    }

    /** Whether the negative prompt has any influence: at scale 1, with nothing clamped, it drops out. */
    boolean needsNegative() {
        return scale != 1 || clamp != GuidanceClamp.NONE;
    }

    /** The limit at a timestep in [0, 1]. */
    Limit limit(double timestep) {
        return clamp == GuidanceClamp.NONE ? Limit.OFF : Limit.at(timestep);
    }

    /**
     * A channel's limit on the magnitude of the difference: a quantile of its own magnitudes, held between two numbers.
     *
     * @param quantile which one; 0 where nothing is limited
     * @param least the limit is never under this
     * @param most nor over this
     */
    record Limit(double quantile, double least, double most) {
        static final Limit OFF = new Limit(0, 0, 0);
        /** Published for latent channels 4 and 8, the only ones that are limited. */
        private static final double BOUND = 0.15;

        private static final double EARLY = 0.95;
        private static final double MIDDLE = 0.4;

        // Nearly pure noise: only outliers are cut. Later the bound itself cuts, and towards the end the quantile cuts
        // more.
        private static Limit at(double timestep) {
            if (timestep > EARLY) {
                return new Limit(0.98, BOUND, Double.POSITIVE_INFINITY);
            }
            return new Limit(timestep > MIDDLE ? 0.98 : 0.95, 0, BOUND);
        }
    }
}
