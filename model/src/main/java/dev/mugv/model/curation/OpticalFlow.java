package dev.mugv.model.curation;

import java.util.ArrayList;
import java.util.List;

/**
 * Dense optical flow by pyramidal Lucas-Kanade (Bouguet 2000) with normalised smoothing: where a window has no texture
 * its flow comes from its neighbourhood, weighted by how well determined that is (so a plain sky moves with the camera).
 */
public final class OpticalFlow {
    private static final int WINDOW_RADIUS = 3;
    private static final int SMOOTHING_RADIUS = 3;
    private static final int ITERATIONS = 3;

    /** At the coarsest level, where the whole motion is still unknown. */
    private static final int FIRST_ITERATIONS = 8;

    /**
     * Pixels of the coarsest level's shorter side: low enough for fast motion at the width that clips are measured at (320x180
     * goes down to 20x11), high enough that patterns of a small generated video (64x64 goes down to 16x16) are not taken for
     * coarser ones than they are.
     */
    private static final int SMALLEST_SIDE = 10;

    private static final float LONGEST_STEP = 1.5f;

    /** Added to the structure tensor's diagonal: a slope of two levels a pixel counts as texture. */
    private static final float REGULARISATION = 4;

    private final GreyImage first;
    private final GreyImage second;
    private final float[] gradientX;
    private final float[] gradientY;
    private final float[] squareX;
    private final float[] squareY;
    private final float[] product;
    private final float[] confidence;

    private OpticalFlow(GreyImage first, GreyImage second) {
        this.first = first;
        this.second = second;
        int size = first.values().length;
        gradientX = new float[size];
        gradientY = new float[size];
        float[] xx = new float[size];
        float[] yy = new float[size];
        float[] xy = new float[size];
        for (int y = 0; y < first.height(); y++) {
            for (int x = 0; x < first.width(); x++) {
                int at = y * first.width() + x;
                float dx = (first.at(x + 1, y) - first.at(x - 1, y)) / 2;
                float dy = (first.at(x, y + 1) - first.at(x, y - 1)) / 2;
                gradientX[at] = dx;
                gradientY[at] = dy;
                xx[at] = dx * dx;
                yy[at] = dy * dy;
                xy[at] = dx * dy;
            }
        }
        squareX = BoxFilter.mean(xx, first.width(), first.height(), WINDOW_RADIUS);
        squareY = BoxFilter.mean(yy, first.width(), first.height(), WINDOW_RADIUS);
        product = BoxFilter.mean(xy, first.width(), first.height(), WINDOW_RADIUS);
        confidence = new float[size];
        for (int at = 0; at < size; at++) {
            float a = squareX[at] + REGULARISATION;
            float b = squareY[at] + REGULARISATION;
            confidence[at] = Math.max(0, (a * b - product[at] * product[at]) / (a + b) - REGULARISATION / 2) + 1e-3f;
        }
    }

    /** Flow from the first picture to the second, of equal size. */
    public static FlowField between(GreyImage first, GreyImage second) {
        if (first.width() != second.width() || first.height() != second.height()) {
            throw new IllegalArgumentException("expected pictures of one size, found %dx%d and %dx%d"
                    .formatted(first.width(), first.height(), second.width(), second.height()));
        }
        List<GreyImage> firsts = pyramid(first);
        List<GreyImage> seconds = pyramid(second);
        int top = firsts.size() - 1;
        FlowField flow =
                FlowField.still(firsts.get(top).width(), firsts.get(top).height());
        for (int level = top; level >= 0; level--) {
            GreyImage image = firsts.get(level);
            if (level < top) {
                flow = flow.doubled(image.width(), image.height());
            }
            OpticalFlow step = new OpticalFlow(image, seconds.get(level));
            int iterations = level == top ? FIRST_ITERATIONS : ITERATIONS;
            for (int iteration = 0; iteration < iterations; iteration++) {
                flow = step.refined(flow);
            }
        }
        return flow;
    }

    private static List<GreyImage> pyramid(GreyImage image) {
        List<GreyImage> levels = new ArrayList<>(List.of(image));
        GreyImage current = image;
        while (Math.min(current.width(), current.height()) >= 2 * SMALLEST_SIDE) {
            current = current.halved();
            levels.add(current);
        }
        return levels;
    }

    private FlowField refined(FlowField flow) {
        int width = first.width();
        int height = first.height();
        int size = width * height;
        float[] errorX = new float[size];
        float[] errorY = new float[size];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int at = y * width + x;
                float error = sample(x + flow.x()[at], y + flow.y()[at]) - first.values()[at];
                errorX[at] = gradientX[at] * error;
                errorY[at] = gradientY[at] * error;
            }
        }
        float[] sumX = BoxFilter.mean(errorX, width, height, WINDOW_RADIUS);
        float[] sumY = BoxFilter.mean(errorY, width, height, WINDOW_RADIUS);
        float[] x = new float[size];
        float[] y = new float[size];
        for (int at = 0; at < size; at++) {
            float a = squareX[at] + REGULARISATION;
            float b = squareY[at] + REGULARISATION;
            float determinant = a * b - product[at] * product[at];
            float stepX = (product[at] * sumY[at] - b * sumX[at]) / determinant;
            float stepY = (product[at] * sumX[at] - a * sumY[at]) / determinant;
            x[at] = (flow.x()[at] + limited(stepX)) * confidence[at];
            y[at] = (flow.y()[at] + limited(stepY)) * confidence[at];
        }
        float[] weight = BoxFilter.mean(confidence, width, height, SMOOTHING_RADIUS);
        float[] smoothX = BoxFilter.mean(x, width, height, SMOOTHING_RADIUS);
        float[] smoothY = BoxFilter.mean(y, width, height, SMOOTHING_RADIUS);
        for (int at = 0; at < size; at++) {
            smoothX[at] /= weight[at];
            smoothY[at] /= weight[at];
        }
        return new FlowField(width, height, smoothX, smoothY);
    }

    private static float limited(float step) {
        return Math.min(LONGEST_STEP, Math.max(-LONGEST_STEP, step));
    }

    /** The second picture between its pixels. */
    private float sample(float x, float y) {
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        float right = x - left;
        float below = y - top;
        float upper = second.at(left, top) * (1 - right) + second.at(left + 1, top) * right;
        float lower = second.at(left, top + 1) * (1 - right) + second.at(left + 1, top + 1) * right;
        return upper * (1 - below) + lower * below;
    }
}
