package dev.mugv.model.curation;

import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.media.YuvFrame;

/**
 * A picture's luma as numbers, 0..255.
 *
 * @param width pixels
 * @param height pixels
 * @param values rows from the top; handed over, not copied
 */
@SuppressWarnings("ArrayRecordComponent") // as media.RgbFrame: a copy of every picture would cost as much as making it
public record GreyImage(int width, int height, float[] values) {
    /** Luma by BT.601's weights, as common image libraries turn colour to grey. */
    public static GreyImage of(RgbFrame frame) {
        float[] values = new float[frame.width() * frame.height()];
        byte[] pixels = frame.pixels();
        for (int at = 0; at < values.length; at++) {
            values[at] = 0.299f * (pixels[3 * at] & 0xff)
                    + 0.587f * (pixels[3 * at + 1] & 0xff)
                    + 0.114f * (pixels[3 * at + 2] & 0xff);
        }
        return new GreyImage(frame.width(), frame.height(), values);
    }

    static GreyImage of(YuvFrame frame) {
        float[] values = new float[frame.width() * frame.height()];
        for (int at = 0; at < values.length; at++) {
            values[at] = frame.luma()[at] & 0xff;
        }
        return new GreyImage(frame.width(), frame.height(), values);
    }

    /** Half the width and height, by means of 2x2 pixels. */
    GreyImage halved() {
        int halfWidth = width / 2;
        int halfHeight = height / 2;
        float[] half = new float[halfWidth * halfHeight];
        for (int y = 0; y < halfHeight; y++) {
            int row = 2 * y * width;
            for (int x = 0; x < halfWidth; x++) {
                int at = row + 2 * x;
                half[y * halfWidth + x] =
                        (values[at] + values[at + 1] + values[at + width] + values[at + width + 1]) / 4;
            }
        }
        return new GreyImage(halfWidth, halfHeight, half);
    }

    /** Value at a place, pixels of the border beyond it. */
    float at(int x, int y) {
        int column = Math.min(width - 1, Math.max(0, x));
        int row = Math.min(height - 1, Math.max(0, y));
        return values[row * width + column];
    }
}
