package dev.mugv.model.format;

/**
 * Consecutive frames of a video.
 *
 * @param firstFrame 0-based index in presentation order
 * @param endFrame exclusive
 */
public record FrameRange(int firstFrame, int endFrame) {
    public FrameRange {
        if (firstFrame < 0 || firstFrame >= endFrame) {
            throw new IllegalArgumentException(
                    "expected 0 <= firstFrame < endFrame, found " + firstFrame + " and " + endFrame);
        }
    }

    public int frames() {
        return endFrame - firstFrame;
    }
}
