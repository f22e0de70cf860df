package dev.mugv.model.curation.planted;

import dev.mugv.model.media.RgbFrame;
import java.util.List;

/**
 * A sound clip that defects are planted into.
 *
 * @param clipId whose
 * @param fps frames a second
 * @param frames of one size
 */
record CleanClip(String clipId, double fps, List<RgbFrame> frames) {
    CleanClip {
        frames = List.copyOf(frames);
    }

    /** Its frames for as long as one likes: to the end, back to the start, and again. */
    RgbFrame frame(int number) {
        int period = 2 * (frames.size() - 1);
        int at = number % period;
        return frames.get(Math.min(at, period - at));
    }
}
