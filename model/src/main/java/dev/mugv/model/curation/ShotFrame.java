package dev.mugv.model.curation;

import dev.mugv.model.media.FrameSize;
import dev.mugv.model.media.YuvFrame;

/**
 * A frame as the cut detection sees it: luma of about 2,300 pixels for block matching, and half of that each way with
 * chroma for tests of blending.
 */
final class ShotFrame {
    /** Pixels of luma: block matching at this size sees motion of a fifth of the picture between two frames. */
    private static final int PIXELS = 64 * 36;

    static final int BLOCK = 8;

    private final int index;
    private final int width;
    private final int height;
    private final int[] luma;
    private final int[] coarse;
    private final double mean;
    private final double deviation;

    private ShotFrame(int index, int width, int height, int[] luma, int[] coarse) {
        this.index = index;
        this.width = width;
        this.height = height;
        this.luma = luma;
        this.coarse = coarse;
        long sum = 0;
        long squares = 0;
        for (int value : luma) {
            sum += value;
            squares += (long) value * value;
        }
        mean = sum / (double) luma.length;
        deviation = Math.sqrt(Math.max(0, squares / (double) luma.length - mean * mean));
    }

    static ShotFrame of(int index, YuvFrame frame) {
        int[] luma = new int[frame.luma().length];
        for (int at = 0; at < luma.length; at++) {
            luma[at] = frame.luma()[at] & 0xff;
        }
        return new ShotFrame(index, frame.width(), frame.height(), luma, coarse(frame));
    }

    /** This frame with its luma scaled and shifted to the other's mean and contrast, as if lit alike. */
    ShotFrame litLike(ShotFrame other) {
        double gain = other.deviation / Math.max(1e-9, deviation);
        int[] changed = new int[luma.length];
        for (int at = 0; at < luma.length; at++) {
            changed[at] = (int) Math.round((luma[at] - mean) * gain + other.mean);
        }
        return new ShotFrame(index, width, height, changed, coarse);
    }

    /** Size of about {@link #PIXELS} pixels for a video of this aspect (width over height). */
    static FrameSize sizeFor(double aspect) {
        double bounded = Math.min(4, Math.max(0.25, aspect));
        int height = (int) Math.round(Math.sqrt(PIXELS / bounded) / 2) * 2;
        return new FrameSize((int) Math.round(height * bounded / 2) * 2, height);
    }

    private static int[] coarse(YuvFrame frame) {
        int width = frame.width() / 2;
        int height = frame.height() / 2;
        byte[][] planes = {frame.luma(), frame.blue(), frame.red()};
        int[] result = new int[3 * width * height];
        int to = 0;
        for (byte[] plane : planes) {
            for (int y = 0; y < height; y++) {
                int row = 2 * y * frame.width();
                for (int x = 0; x < width; x++) {
                    int at = row + 2 * x;
                    int sum = (plane[at] & 0xff)
                            + (plane[at + 1] & 0xff)
                            + (plane[at + frame.width()] & 0xff)
                            + (plane[at + frame.width() + 1] & 0xff);
                    // Half levels: finer, and the sum of all squared differences still fits 31 bits.
                    result[to++] = sum >> 1;
                }
            }
        }
        return result;
    }

    int index() {
        return index;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    int[] luma() {
        return luma;
    }

    /** Luma, then both chroma planes, as means of 2x2 pixels, in halves of a level. */
    int[] coarse() {
        return coarse;
    }

    /** Standard deviation of luma: contrast of the whole picture. */
    double deviation() {
        return deviation;
    }

    /** Mean absolute difference of the coarse pictures, luma and chroma, without any motion. */
    double difference(ShotFrame other) {
        int sum = 0;
        for (int at = 0; at < coarse.length; at++) {
            sum += Math.abs(coarse[at] - other.coarse[at]);
        }
        return sum / (2.0 * coarse.length);
    }
}
