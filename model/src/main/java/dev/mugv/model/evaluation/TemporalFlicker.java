package dev.mugv.model.evaluation;

import dev.mugv.model.media.RgbFrame;
import java.util.List;

/**
 * Calmness of a video as VBench measures temporal flickering (Huang et al., CVPR 2024): {@code (255 - mean
 * |difference of neighbouring frames|) / 255}, over all pixels and channels; 1 for a still picture.
 *
 * <p>VBench asks it of static clips only, because motion lowers it as flicker does: read it beside
 * {@link MotionSmoothness} and {@link MotionSpeed}.
 */
public final class TemporalFlicker {
    private TemporalFlicker() {}

    /** Of at least two frames of one size. */
    public static double of(List<RgbFrame> frames) {
        FramePairs.requireCount(2, frames);
        double sum = 0;
        for (int i = 1; i < frames.size(); i++) {
            sum += FramePairs.meanAbsoluteDifference(frames.get(i - 1), frames.get(i));
        }
        return (255 - sum / (frames.size() - 1)) / 255;
    }
}
