package dev.mugv.model.format;

import java.util.Optional;

/**
 * How far generated videos lie from real ones: Fréchet distance of their features.
 *
 * @param encoder what the features are by
 * @param width numbers a video
 * @param frames the first frames of each video that were looked at
 * @param generated generated videos
 * @param real real ones
 * @param distance squared, as usual
 * @param low lower end of its 95 % interval
 * @param high upper end
 * @param bias by how much so few videos make it too large, as far as they can tell
 * @param floor distance between two halves of the real videos: what no model can be asked to fall under at such counts
 */
// Ten components: one result with everything that it depends on, read whole.
public record FeatureDistance(
        String encoder,
        int width,
        int frames,
        int generated,
        int real,
        double distance,
        double low,
        double high,
        double bias,
        Optional<Double> floor) {}
