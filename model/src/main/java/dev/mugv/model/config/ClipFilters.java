package dev.mugv.model.config;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Ranges of kept scores; a clip outside any of them is rejected, a score without a range rejects nothing. Every score is
 * kept whatever the ranges are, so they can be changed without measuring again.
 *
 * @param sharpness variance of the Laplacian
 * @param motion mean optical flow over three frame pairs, in pixels
 * @param exposure mean luma, 0 to 1
 * @param aesthetic aesthetic score, 0 to 10
 */
public record ClipFilters(
        Optional<Range> sharpness, Optional<Range> motion, Optional<Range> exposure, Optional<Range> aesthetic) {
    /** The given ranges by the name of their score. */
    public SortedMap<String, Range> byScore() {
        SortedMap<String, Range> ranges = new TreeMap<>();
        sharpness.ifPresent(range -> ranges.put("sharpness", range));
        motion.ifPresent(range -> ranges.put("motion", range));
        exposure.ifPresent(range -> ranges.put("exposure", range));
        aesthetic.ifPresent(range -> ranges.put("aesthetic", range));
        return ranges;
    }
}
