package dev.mugv.model.media;

/**
 * A small upright picture as luma and two chroma planes of the same size, for measures on every frame of a video.
 *
 * @param width pixels
 * @param height pixels
 * @param luma {@code width * height} bytes, 16..235 in most videos
 * @param blue chroma Cb, 128 for grey
 * @param red chroma Cr, 128 for grey
 */
@SuppressWarnings("ArrayRecordComponent") // see RgbFrame
public record YuvFrame(int width, int height, byte[] luma, byte[] blue, byte[] red) {
    public YuvFrame {
        int expected = width * height;
        if (luma.length != expected || blue.length != expected || red.length != expected) {
            throw new IllegalArgumentException("planes: expected %d bytes each for %dx%d, found %d, %d and %d"
                    .formatted(expected, width, height, luma.length, blue.length, red.length));
        }
    }
}
