package dev.mugv.model.curation;

import java.util.Arrays;

/**
 * Motion of every pixel.
 *
 * @param width pixels
 * @param height pixels
 * @param x pixels to the right; handed over, not copied
 * @param y pixels downwards
 */
@SuppressWarnings("ArrayRecordComponent") // as media.RgbFrame
public record FlowField(int width, int height, float[] x, float[] y) {
    static FlowField still(int width, int height) {
        return new FlowField(width, height, new float[width * height], new float[width * height]);
    }

    /** The flow of a picture of about twice the size. */
    FlowField doubled(int newWidth, int newHeight) {
        float[] newX = new float[newWidth * newHeight];
        float[] newY = new float[newWidth * newHeight];
        for (int row = 0; row < newHeight; row++) {
            int from = Math.min(height - 1, row / 2) * width;
            for (int column = 0; column < newWidth; column++) {
                int source = from + Math.min(width - 1, column / 2);
                newX[row * newWidth + column] = 2 * x[source];
                newY[row * newWidth + column] = 2 * y[source];
            }
        }
        return new FlowField(newWidth, newHeight, newX, newY);
    }

    /** Mean length, in pixels. */
    double meanLength() {
        return meanLengthBeyond(0, 0);
    }

    /** Mean length of what the flow differs from one motion of the whole picture. */
    double meanLengthBeyond(double panX, double panY) {
        double sum = 0;
        for (int at = 0; at < x.length; at++) {
            sum += Math.hypot(x[at] - panX, y[at] - panY);
        }
        return sum / x.length;
    }

    /** Share of pixels whose motion is longer. */
    double shareBeyond(double length) {
        int count = 0;
        for (int at = 0; at < x.length; at++) {
            count += Math.hypot(x[at], y[at]) > length ? 1 : 0;
        }
        return count / (double) x.length;
    }

    /** Median motion to the right: that of the camera unless objects fill more than half of the picture. */
    double medianX() {
        return median(x);
    }

    /** Median motion downwards. */
    double medianY() {
        return median(y);
    }

    private static double median(float[] values) {
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
