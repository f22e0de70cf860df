package dev.mugv.model.format;

/**
 * The change from one shot to the next.
 *
 * @param kind how it changes
 * @param firstFrame first frame that belongs to neither shot; equals {@code endFrame} when there is none
 * @param endFrame exclusive
 * @param cut number of the cut: the new shot's first frame, for a gradual change the first in which the new shot has at
 *     least half the weight
 */
public record Transition(Kind kind, int firstFrame, int endFrame, int cut) {
    public Transition {
        if (firstFrame < 0 || firstFrame > endFrame || cut < firstFrame || cut > endFrame) {
            throw new IllegalArgumentException("expected 0 <= firstFrame <= cut <= endFrame, found %d, %d, %d"
                    .formatted(firstFrame, cut, endFrame));
        }
    }

    /** How a shot changes into the next. */
    public enum Kind {
        /** From one frame to the next, or over less frames than a shot has. */
        HARD_CUT,
        /** One fades in while the other fades out. */
        DISSOLVE,
        /** By way of a flat picture, mostly black or white. */
        FADE
    }
}
