package dev.mugv.model.curation;

import dev.mugv.model.format.FrameRange;
import java.util.Arrays;

/** Presentation times of all frames of a video, in seconds after the first: eight bytes a frame. */
final class FrameTimes {
    /** Relative difference from the declared rate that rounding of time stamps explains. */
    private static final double ROUNDING = 0.005;

    private final double declaredFps;
    private double[] seconds = new double[1024];
    private int count;

    FrameTimes(double declaredFps) {
        this.declaredFps = declaredFps;
    }

    void add(double time) {
        if (count == seconds.length) {
            seconds = Arrays.copyOf(seconds, 2 * count);
        }
        // Damaged streams may step back in time; a frame never lasts less than nothing.
        seconds[count] = count == 0 ? time : Math.max(time, seconds[count - 1]);
        count++;
    }

    int count() {
        return count;
    }

    /** Frames a second over the whole video; the declared rate where time stamps agree with it. */
    double fps() {
        double span = count < 2 ? 0 : seconds[count - 1] - seconds[0];
        if (span <= 0) {
            return declaredFps;
        }
        double measured = (count - 1) / span;
        return Math.abs(measured - declaredFps) <= ROUNDING * declaredFps ? declaredFps : measured;
    }

    /** Time of a frame; one beyond the last is the video's end. */
    double at(int frame) {
        return frame < count ? seconds[frame] : seconds[count - 1] + 1 / fps();
    }

    double seconds(FrameRange range) {
        return at(range.endFrame()) - at(range.firstFrame());
    }
}
