package dev.mugv.model.evaluation;

import dev.mugv.model.curation.FlowField;
import dev.mugv.model.curation.GreyImage;
import dev.mugv.model.curation.OpticalFlow;
import dev.mugv.model.media.RgbFrame;
import java.util.List;

/**
 * Smoothness of motion as VBench defines it (Huang et al., CVPR 2024): every other frame is left out and guessed from its
 * two neighbours, and the score is {@code (255 - mean |error|) / 255}.
 *
 * <p>VBench guesses with the network AMT. The interpolator here needs no weights: with the optical flow F from the left
 * neighbour to the right one, the frame between is the mean of the left one moved by F / 2 and the right one moved by
 * -F / 2 (the plain form of Baker et al., "A database and evaluation methodology for optical flow", IJCV 2011, section
 * 3.3.2, without occlusions). Steady motion is guessed well whatever its speed; jitter, flicker and shapes that come and
 * go are not. Scores compare with each other, not with VBench's.
 */
public final class MotionSmoothness {
    private static final int CHANNELS = 3;

    private MotionSmoothness() {}

    /** Of at least three frames of one size; a last frame without a right neighbour is not guessed. */
    public static double of(List<RgbFrame> frames) {
        FramePairs.requireCount(3, frames);
        double sum = 0;
        int guessed = 0;
        for (int i = 1; i + 1 < frames.size(); i += 2) {
            FramePairs.requireSameSize(frames.get(i - 1), frames.get(i));
            FramePairs.requireSameSize(frames.get(i), frames.get(i + 1));
            sum += error(frames.get(i - 1), frames.get(i), frames.get(i + 1));
            guessed++;
        }
        return (255 - sum / guessed) / 255;
    }

    /** Mean absolute difference of a frame and its guess. */
    private static double error(RgbFrame before, RgbFrame frame, RgbFrame after) {
        FlowField flow = OpticalFlow.between(GreyImage.of(before), GreyImage.of(after));
        double sum = 0;
        for (int y = 0; y < frame.height(); y++) {
            for (int x = 0; x < frame.width(); x++) {
                int at = y * frame.width() + x;
                double halfX = flow.x()[at] / 2;
                double halfY = flow.y()[at] / 2;
                for (int channel = 0; channel < CHANNELS; channel++) {
                    double left = sample(before, x - halfX, y - halfY, channel);
                    double right = sample(after, x + halfX, y + halfY, channel);
                    sum += Math.abs((left + right) / 2 - frame.channel(x, y, channel));
                }
            }
        }
        return sum / (CHANNELS * (double) frame.width() * frame.height());
    }

    /** A channel between its pixels; beyond the border, the border's. */
    private static double sample(RgbFrame frame, double x, double y, int channel) {
        double column = Math.max(0, Math.min(frame.width() - 1.0, x));
        double row = Math.max(0, Math.min(frame.height() - 1.0, y));
        int left = (int) column;
        int top = (int) row;
        int right = Math.min(frame.width() - 1, left + 1);
        int bottom = Math.min(frame.height() - 1, top + 1);
        double toRight = column - left;
        double toBottom = row - top;
        double upper = frame.channel(left, top, channel) * (1 - toRight) + frame.channel(right, top, channel) * toRight;
        double lower =
                frame.channel(left, bottom, channel) * (1 - toRight) + frame.channel(right, bottom, channel) * toRight;
        return upper * (1 - toBottom) + lower * toBottom;
    }
}
