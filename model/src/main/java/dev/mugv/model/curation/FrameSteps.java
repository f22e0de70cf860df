package dev.mugv.model.curation;

import dev.mugv.model.format.ClipScores;
import dev.mugv.model.format.FrameRange;
import dev.mugv.model.media.YuvFrame;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What happens from each frame of a video to the next, seen on the small pictures of the cut detection: whether it is the same
 * picture once more, and by how much the whole of it moves. Twelve bytes a frame.
 *
 * <p>The movement is one step of Lucas and Kanade's method (1981) over the whole picture: it underestimates large movements, but by
 * the same part in every frame, so that a change from step to step is still a shake.
 */
final class FrameSteps {
    /** Mean change, in levels of luma, up to which a frame is the one before: nothing is coded of it at all. */
    private static final float UNCHANGED = 0.02f;

    /** The same as a part of the largest change nearby: encoders refine a repeated frame a little. */
    private static final float LITTLE_CHANGED = 0.3f;

    /** Frames before and after that are nearby. */
    private static final int NEARBY = 2;

    /** Smaller eigenvalues, per pixel, belong to pictures without structure in some direction. */
    private static final double LEAST_STRUCTURE = 1;

    /** Pixels that one frame counts at most: a single jump is no shake. */
    private static final double MOST_CHANGED = 5;

    private float[] stepX = new float[1024];
    private float[] stepY = new float[1024];
    private float[] change = new float[1024];
    private int count;
    private @Nullable YuvFrame before;

    void add(YuvFrame frame) {
        if (count == stepX.length) {
            stepX = Arrays.copyOf(stepX, 2 * count);
            stepY = Arrays.copyOf(stepY, 2 * count);
            change = Arrays.copyOf(change, 2 * count);
        }
        YuvFrame last = before;
        if (last != null) {
            change[count] = change(last.luma(), frame.luma());
            step(last, frame);
        }
        before = frame;
        count++;
    }

    private static float change(byte[] one, byte[] other) {
        int sum = 0;
        for (int at = 0; at < one.length; at++) {
            sum += Math.abs((one[at] & 0xff) - (other[at] & 0xff));
        }
        return sum / (float) one.length;
    }

    private void step(YuvFrame from, YuvFrame to) {
        int width = from.width();
        double xx = 0;
        double xy = 0;
        double yy = 0;
        double xt = 0;
        double yt = 0;
        for (int y = 1; y < from.height() - 1; y++) {
            for (int x = 1; x < width - 1; x++) {
                int at = y * width + x;
                double gradientX = slope(from, at, 1) + slope(to, at, 1);
                double gradientY = slope(from, at, width) + slope(to, at, width);
                double change = (to.luma()[at] & 0xff) - (from.luma()[at] & 0xff);
                xx += gradientX * gradientX;
                xy += gradientX * gradientY;
                yy += gradientY * gradientY;
                xt += gradientX * change;
                yt += gradientY * change;
            }
        }
        double determinant = xx * yy - xy * xy;
        double least = LEAST_STRUCTURE * (width - 2) * (from.height() - 2);
        if (determinant < least * least) {
            return;
        }
        double scale = ClipScores.WIDTH / (double) width;
        stepX[count] = (float) (scale * (xy * yt - yy * xt) / determinant);
        stepY[count] = (float) (scale * (xy * xt - xx * yt) / determinant);
    }

    /** A quarter of the difference of both neighbours: two of them make the gradient of the two pictures' mean. */
    private static double slope(YuvFrame frame, int at, int step) {
        return ((frame.luma()[at + step] & 0xff) - (frame.luma()[at - step] & 0xff)) / 4.0;
    }

    /** Share of a clip's frames that show the frame before once more, 0..1. */
    double repeatedShare(FrameRange clip) {
        int repeats = 0;
        for (int frame = clip.firstFrame() + 1; frame < clip.endFrame(); frame++) {
            repeats += isRepeated(frame, clip) ? 1 : 0;
        }
        return repeats / (double) Math.max(1, clip.frames() - 1);
    }

    private boolean isRepeated(int frame, FrameRange clip) {
        float largest = 0;
        int last = Math.min(clip.endFrame() - 1, frame + NEARBY);
        for (int near = Math.max(clip.firstFrame() + 1, frame - NEARBY); near <= last; near++) {
            largest = Math.max(largest, change[near]);
        }
        return change[frame] <= Math.max(UNCHANGED, LITTLE_CHANGED * largest);
    }

    /** Mean change of the whole picture's movement from one frame to the next, pixels of the width of measurement. */
    double shake(FrameRange clip) {
        double sum = 0;
        for (int frame = clip.firstFrame() + 2; frame < clip.endFrame(); frame++) {
            double change = Math.hypot(stepX[frame] - stepX[frame - 1], stepY[frame] - stepY[frame - 1]);
            sum += Math.min(MOST_CHANGED, change);
        }
        return sum / Math.max(1, clip.frames() - 2);
    }
}
