package dev.mugv.model.curation;

/** Means over square windows, at a cost that does not depend on the window's size. */
final class BoxFilter {
    private BoxFilter() {}

    /** Mean over {@code (2 * radius + 1)^2} pixels, fewer at the border. */
    static float[] mean(float[] values, int width, int height, int radius) {
        float[] rows = new float[values.length];
        for (int y = 0; y < height; y++) {
            slide(values, rows, y * width, 1, width, radius);
        }
        float[] result = new float[values.length];
        for (int x = 0; x < width; x++) {
            slide(rows, result, x, width, height, radius);
        }
        return result;
    }

    private static void slide(float[] from, float[] to, int start, int stride, int count, int radius) {
        double sum = 0;
        int first = 0;
        int end = 0;
        for (int at = 0; at < count; at++) {
            while (end < count && end <= at + radius) {
                sum += from[start + end++ * stride];
            }
            while (first < at - radius) {
                sum -= from[start + first++ * stride];
            }
            to[start + at * stride] = (float) (sum / (end - first));
        }
    }
}
