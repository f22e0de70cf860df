package dev.mugv.model.evaluation;

import dev.mugv.model.media.RgbFrame;
import java.util.List;

/**
 * Peak signal-to-noise ratio in decibels: {@code 10 log10(255² / MSE)}, the mean squared error being taken over all
 * pixels, channels (R, G, B) and frames of a clip together, so that a clip's value is that of one long picture and not a
 * mean of logarithms.
 */
public final class PeakSignalToNoise {
    /**
     * The value given to equal pictures, whose ratio is unbounded: that of a single step of difference in some 61,000
     * values, above any lossy reconstruction; a finite number, so that means over clips stay finite.
     */
    public static final double OF_EQUAL_PICTURES = 96.0;

    private static final double PEAK_SQUARED = 255.0 * 255.0;

    private PeakSignalToNoise() {}

    /** Of two frames of one size. */
    public static double of(RgbFrame frame, RgbFrame reference) {
        return of(List.of(frame), List.of(reference));
    }

    /** Of two clips with equally many frames of one size. */
    public static double of(List<RgbFrame> frames, List<RgbFrame> reference) {
        FramePairs.requireCount(1, frames);
        if (frames.size() != reference.size()) {
            throw new IllegalArgumentException(
                    "expected equally many frames, found " + frames.size() + " and " + reference.size());
        }
        long squared = 0;
        long values = 0;
        for (int i = 0; i < frames.size(); i++) {
            squared += FramePairs.squaredDifference(frames.get(i), reference.get(i));
            values += frames.get(i).pixels().length;
        }
        double meanSquared = (double) squared / values;
        return squared == 0
                ? OF_EQUAL_PICTURES
                : Math.min(OF_EQUAL_PICTURES, 10 * Math.log10(PEAK_SQUARED / meanSquared));
    }
}
