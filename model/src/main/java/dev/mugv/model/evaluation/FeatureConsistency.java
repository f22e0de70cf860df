package dev.mugv.model.evaluation;

import java.util.List;

/**
 * How alike the frames of a video are by their features, as VBench computes it from networks (subject and background consistency, and
 * those to a given picture; Huang et al., VBench, CVPR 2024, and VBench++, 2024). Similarity is the cosine, negative ones counting as 0.
 */
public final class FeatureConsistency {
    private FeatureConsistency() {}

    /** Mean over all frames but the first of the mean similarity to the frame before and to the first; of at least two frames. */
    public static double of(List<float[]> frames) {
        requireTwo(frames);
        double sum = 0;
        for (int i = 1; i < frames.size(); i++) {
            sum += (similarity(frames.get(i - 1), frames.get(i)) + similarity(frames.get(0), frames.get(i))) / 2;
        }
        return sum / (frames.size() - 1);
    }

    /** Half the best similarity of a frame to the given picture, half the mean one of neighbours; of at least two frames. */
    public static double to(float[] picture, List<float[]> frames) {
        requireTwo(frames);
        double best = frames.stream()
                .mapToDouble(frame -> similarity(picture, frame))
                .max()
                .orElseThrow();
        double neighbours = 0;
        for (int i = 1; i < frames.size(); i++) {
            neighbours += similarity(frames.get(i - 1), frames.get(i));
        }
        return best / 2 + neighbours / (frames.size() - 1) / 2;
    }

    private static double similarity(float[] one, float[] other) {
        double product = 0;
        double oneSquare = 0;
        double otherSquare = 0;
        for (int i = 0; i < one.length; i++) {
            product += (double) one[i] * other[i];
            oneSquare += (double) one[i] * one[i];
            otherSquare += (double) other[i] * other[i];
        }
        double length = Math.sqrt(oneSquare) * Math.sqrt(otherSquare);
        return length == 0 ? 0 : Math.min(1, Math.max(0, product / length));
    }

    private static void requireTwo(List<float[]> frames) {
        if (frames.size() < 2) {
            throw new IllegalArgumentException("expected features of at least 2 frames, found " + frames.size());
        }
    }
}
