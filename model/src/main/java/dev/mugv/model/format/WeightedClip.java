package dev.mugv.model.format;

/**
 * A clip to be trained on.
 *
 * @param clipId its id
 * @param weight relative frequency in the sampling order, above 0; balancing by tags sets it
 */
public record WeightedClip(String clipId, double weight) {
    public WeightedClip {
        if (!(weight > 0) || !Double.isFinite(weight)) {
            throw new IllegalArgumentException(
                    "clip %s: expected a finite weight above 0, found %s".formatted(clipId, weight));
        }
    }
}
