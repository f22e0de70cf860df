package dev.mugv.model.flow;

import dev.mugv.model.config.VideoShape;

/**
 * Moves timesteps towards noise for larger videos, whose neighbouring pixels tell more of each other (mugv.md, section 4.1):
 * t ← r t / (1 + (r − 1) t) with r = sqrt(height · width / 512²) · sqrt(latent frames), sizes in pixels.
 *
 * @param ratio r, over 0; 1 moves nothing
 */
public record TimestepShift(double ratio) {
    private static final double UNSHIFTED_PIXELS = 512.0 * 512.0;

    public TimestepShift {
        if (!(ratio > 0) || !Double.isFinite(ratio)) {
            throw new IllegalArgumentException("expected a ratio over 0, found " + ratio);
        }
    }

    /** The shift of a video. */
    public static TimestepShift of(VideoShape shape) {
        return of(shape.height(), shape.width(), shape.latentFrames());
    }

    /**
     * The shift of a size.
     *
     * @param height in pixels
     * @param width in pixels
     * @param latentFrames 1 for an image
     */
    public static TimestepShift of(int height, int width, int latentFrames) {
        return new TimestepShift(Math.sqrt((double) height * width / UNSHIFTED_PIXELS) * Math.sqrt(latentFrames));
    }

    /** Shifts a timestep in [0, 1]. */
    public double apply(double timestep) {
        // For some ratios the quotient of pure noise is rounded to a hair over 1, which no timestep may be.
        return Math.min(1, ratio * timestep / (1 + (ratio - 1) * timestep));
    }
}
