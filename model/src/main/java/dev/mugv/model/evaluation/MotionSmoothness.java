package dev.mugv.model.evaluation;

import dev.mugv.model.media.RgbFrame;
import java.util.List;

/**
 * Smoothness of motion as VBench defines it (Huang et al., CVPR 2024): every other frame is left out and guessed from its
 * two neighbours, and the score is {@code (255 - mean |error|) / 255}. VBench guesses with the network AMT; the
 * interpolator here is the mean of the two neighbours, so that the score needs no weights. It therefore holds uneven and
 * jittering motion against a video, but also, more than VBench does, fast motion: compare scores among samples of like
 * motion only.
 */
public final class MotionSmoothness {
    private MotionSmoothness() {}

    /** Of at least three frames of one size; a last frame without a right neighbour is not guessed. */
    public static double of(List<RgbFrame> frames) {
        FramePairs.requireCount(3, frames);
        double sum = 0;
        int guessed = 0;
        for (int i = 1; i + 1 < frames.size(); i += 2) {
            sum += errorOfMean(frames.get(i - 1), frames.get(i), frames.get(i + 1));
            guessed++;
        }
        return (255 - sum / guessed) / 255;
    }

    private static double errorOfMean(RgbFrame before, RgbFrame frame, RgbFrame after) {
        FramePairs.requireSameSize(before, frame);
        FramePairs.requireSameSize(frame, after);
        long twice = 0;
        for (int i = 0; i < frame.pixels().length; i++) {
            twice +=
                    Math.abs((before.pixels()[i] & 0xff) + (after.pixels()[i] & 0xff) - 2 * (frame.pixels()[i] & 0xff));
        }
        return twice / (2.0 * frame.pixels().length);
    }
}
