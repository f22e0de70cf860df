package dev.mugv.model.format;

/**
 * A key frame whose index was counted by a full decode, so that a reader can start there and still number its frames
 * exactly.
 *
 * @param frame 0-based index of the key frame in presentation order
 * @param timestamp its presentation time in the stream's own time base; ignored for frame 0
 */
public record EntryPoint(int frame, long timestamp) {
    /** The first frame: always right, reached without seeking. */
    public static final EntryPoint START = new EntryPoint(0, 0);

    public EntryPoint {
        if (frame < 0) {
            throw new IllegalArgumentException("frame: expected at least 0, found " + frame);
        }
    }

    public boolean isStart() {
        return frame == 0;
    }
}
