package dev.mugv.model.media;

/**
 * An upright picture of a video, 8 bits a channel.
 *
 * @param index 0-based position in presentation order
 * @param seconds presentation time after the video's first frame
 * @param width pixels
 * @param height pixels
 * @param pixels rows from the top, red, green, blue interleaved: {@code 3 * width * height} bytes; not copied, because a
 *     copy of every decoded frame would cost as much as decoding it, so whoever makes a frame hands the array over
 */
@SuppressWarnings("ArrayRecordComponent")
public record RgbFrame(int index, double seconds, int width, int height, byte[] pixels) {
    public RgbFrame {
        if (pixels.length != 3 * width * height) {
            throw new IllegalArgumentException("pixels: expected %d bytes for %dx%d, found %d"
                    .formatted(3 * width * height, width, height, pixels.length));
        }
    }

    /** One channel (0 red, 1 green, 2 blue) of one pixel, 0..255. */
    public int channel(int x, int y, int channel) {
        return pixels[3 * (y * width + x) + channel] & 0xff;
    }

    /** The same picture at another place in a video. */
    public RgbFrame at(int newIndex, double newSeconds) {
        return new RgbFrame(newIndex, newSeconds, width, height, pixels);
    }
}
