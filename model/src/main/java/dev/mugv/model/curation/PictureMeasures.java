package dev.mugv.model.curation;

import dev.mugv.model.media.RgbFrame;

/**
 * Light and colour of one picture.
 *
 * @param exposure mean luma, 0..1
 * @param darkShare share of pixels with luma of at most 16 of 255
 * @param brightShare share of pixels with luma of at least 239 of 255
 * @param contrast standard deviation of luma, 0..0.5
 * @param colourfulness Hasler and Suesstrunk 2003, "Measuring colourfulness in natural images", metric M3
 * @param sharpness variance of the Laplacian
 */
record PictureMeasures(
        double exposure,
        double darkShare,
        double brightShare,
        double contrast,
        double colourfulness,
        double sharpness) {
    private static final int BLACK = 16;
    private static final int WHITE = 239;

    static PictureMeasures of(RgbFrame frame) {
        GreyImage grey = GreyImage.of(frame);
        Moments luma = new Moments();
        int dark = 0;
        int bright = 0;
        for (float value : grey.values()) {
            luma.add(value / 255);
            dark += value <= BLACK ? 1 : 0;
            bright += value >= WHITE ? 1 : 0;
        }
        int pixels = grey.values().length;
        return new PictureMeasures(
                luma.mean(),
                dark / (double) pixels,
                bright / (double) pixels,
                luma.deviation(),
                colourfulness(frame),
                Sharpness.of(grey));
    }

    private static double colourfulness(RgbFrame frame) {
        Moments redGreen = new Moments();
        Moments yellowBlue = new Moments();
        byte[] pixels = frame.pixels();
        for (int at = 0; at < pixels.length; at += 3) {
            int red = pixels[at] & 0xff;
            int green = pixels[at + 1] & 0xff;
            int blue = pixels[at + 2] & 0xff;
            redGreen.add(red - green);
            yellowBlue.add((red + green) / 2.0 - blue);
        }
        return Math.hypot(redGreen.deviation(), yellowBlue.deviation())
                + 0.3 * Math.hypot(redGreen.mean(), yellowBlue.mean());
    }

    /** Sum, squares and count of a stream of numbers. */
    private static final class Moments {
        private double sum;
        private double squares;
        private long count;

        void add(double value) {
            sum += value;
            squares += value * value;
            count++;
        }

        double mean() {
            return sum / count;
        }

        double deviation() {
            return Math.sqrt(Math.max(0, squares / count - mean() * mean()));
        }
    }
}
