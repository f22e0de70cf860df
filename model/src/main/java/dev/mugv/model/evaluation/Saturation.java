package dev.mugv.model.evaluation;

import dev.mugv.model.media.RgbFrame;
import java.util.List;

/**
 * Mean saturation of the HSV model, {@code (max - min) / max} of R, G and B, 0 for black; 0 for grey, 1 for pure colours.
 * It tells washed-out or over-saturated samples, the well-known effects of too little and too much guidance.
 */
public final class Saturation {
    private Saturation() {}

    /** Mean over the pixels of all frames, of which there is at least one. */
    public static double of(List<RgbFrame> frames) {
        FramePairs.requireCount(1, frames);
        double sum = 0;
        for (RgbFrame frame : frames) {
            sum += of(frame);
        }
        return sum / frames.size();
    }

    private static double of(RgbFrame frame) {
        byte[] rgb = frame.pixels();
        double sum = 0;
        for (int i = 0; i < rgb.length; i += 3) {
            int red = rgb[i] & 0xff;
            int green = rgb[i + 1] & 0xff;
            int blue = rgb[i + 2] & 0xff;
            int max = Math.max(red, Math.max(green, blue));
            int min = Math.min(red, Math.min(green, blue));
            sum += max == 0 ? 0 : (double) (max - min) / max;
        }
        return sum / (frame.width() * (double) frame.height());
    }
}
