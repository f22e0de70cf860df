package dev.mugv.model.curation;

/** Variance of the Laplacian of a grey picture (mugv.md, section 1.1, step 3a). */
public final class Sharpness {
    private Sharpness() {}

    /** Variance of {@code left + right + above + below - 4 * centre} over the pixels inside the border. */
    public static double of(GreyImage image) {
        int width = image.width();
        float[] values = image.values();
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (int y = 1; y < image.height() - 1; y++) {
            for (int x = 1; x < width - 1; x++) {
                int at = y * width + x;
                double value =
                        values[at - 1] + values[at + 1] + values[at - width] + values[at + width] - 4 * values[at];
                sum += value;
                squares += value * value;
                count++;
            }
        }
        if (count == 0) {
            return 0;
        }
        double mean = sum / count;
        return Math.max(0, squares / count - mean * mean);
    }
}
