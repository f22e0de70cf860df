package dev.mugv.model.media;

/** Width and height in pixels. */
public record FrameSize(int width, int height) {
    public FrameSize {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("expected at least 1x1, found " + width + "x" + height);
        }
    }

    /** The size of this width whose aspect is nearest to {@code aspect} (width over height); at least one row. */
    public static FrameSize ofWidth(int width, double aspect) {
        return new FrameSize(width, (int) Math.max(1, Math.round(width / aspect)));
    }

    /** Width and height exchanged. */
    FrameSize turned() {
        return new FrameSize(height, width);
    }
}
