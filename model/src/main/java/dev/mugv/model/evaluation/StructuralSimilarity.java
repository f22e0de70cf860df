package dev.mugv.model.evaluation;

import dev.mugv.model.media.RgbFrame;
import java.util.List;

/**
 * Structural similarity (Wang, Bovik, Sheikh, Simoncelli: "Image quality assessment: from error visibility to structural
 * similarity", IEEE TIP 13(4), 2004): Gaussian window of 11x11 pixels with sigma 1.5, K1 = 0.01, K2 = 0.03, L = 255, mean
 * over the places where the whole window lies within the picture, on luma (0.299 R + 0.587 G + 0.114 B). 1 for equal
 * pictures.
 */
public final class StructuralSimilarity {
    /** Width and height of the window; smaller pictures have no value. */
    public static final int WINDOW = 11;

    private static final double SIGMA = 1.5;
    private static final double C1 = (0.01 * 255) * (0.01 * 255);
    private static final double C2 = (0.03 * 255) * (0.03 * 255);

    private StructuralSimilarity() {}

    /** Mean over the frames of two clips with equally many frames of one size. */
    public static double of(List<RgbFrame> frames, List<RgbFrame> reference) {
        FramePairs.requireCount(1, frames);
        if (frames.size() != reference.size()) {
            throw new IllegalArgumentException(
                    "expected equally many frames, found " + frames.size() + " and " + reference.size());
        }
        double sum = 0;
        for (int i = 0; i < frames.size(); i++) {
            sum += of(frames.get(i), reference.get(i));
        }
        return sum / frames.size();
    }

    /** Of two frames of one size, at least {@link #WINDOW} pixels wide and high. */
    public static double of(RgbFrame frame, RgbFrame reference) {
        FramePairs.requireSameSize(frame, reference);
        if (frame.width() < WINDOW || frame.height() < WINDOW) {
            throw new IllegalArgumentException("expected at least %dx%d pixels, found %dx%d"
                    .formatted(WINDOW, WINDOW, frame.width(), frame.height()));
        }
        Plane x = luma(frame);
        Plane y = luma(reference);
        Plane meanX = blurred(x);
        Plane meanY = blurred(y);
        Plane meanXx = blurred(product(x, x));
        Plane meanYy = blurred(product(y, y));
        Plane meanXy = blurred(product(x, y));
        double sum = 0;
        for (int i = 0; i < meanX.values.length; i++) {
            double mx = meanX.values[i];
            double my = meanY.values[i];
            double varianceX = meanXx.values[i] - mx * mx;
            double varianceY = meanYy.values[i] - my * my;
            double covariance = meanXy.values[i] - mx * my;
            sum += ((2 * mx * my + C1) * (2 * covariance + C2))
                    / ((mx * mx + my * my + C1) * (varianceX + varianceY + C2));
        }
        return sum / meanX.values.length;
    }

    private static Plane luma(RgbFrame frame) {
        byte[] rgb = frame.pixels();
        double[] values = new double[frame.width() * frame.height()];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.299 * (rgb[3 * i] & 0xff) + 0.587 * (rgb[3 * i + 1] & 0xff) + 0.114 * (rgb[3 * i + 2] & 0xff);
        }
        return new Plane(frame.width(), values);
    }

    private static Plane product(Plane a, Plane b) {
        double[] values = new double[a.values.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = a.values[i] * b.values[i];
        }
        return new Plane(a.width, values);
    }

    /** The window's weighted means, by rows and then by columns: the Gaussian is separable. */
    private static Plane blurred(Plane plane) {
        double[] weights = window();
        int height = plane.values.length / plane.width;
        int width = plane.width - WINDOW + 1;
        double[] rows = new double[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double sum = 0;
                for (int k = 0; k < WINDOW; k++) {
                    sum += weights[k] * plane.values[y * plane.width + x + k];
                }
                rows[y * width + x] = sum;
            }
        }
        double[] values = new double[width * (height - WINDOW + 1)];
        for (int i = 0; i < values.length; i++) {
            for (int k = 0; k < WINDOW; k++) {
                values[i] += weights[k] * rows[i + k * width];
            }
        }
        return new Plane(width, values);
    }

    private static double[] window() {
        double[] weights = new double[WINDOW];
        double sum = 0;
        for (int k = 0; k < WINDOW; k++) {
            double distance = k - WINDOW / 2;
            weights[k] = Math.exp(-distance * distance / (2 * SIGMA * SIGMA));
            sum += weights[k];
        }
        for (int k = 0; k < WINDOW; k++) {
            weights[k] /= sum;
        }
        return weights;
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Plane(int width, double[] values) {}
}
