package dev.mugv.model.format;

import java.util.Optional;

/**
 * Parameters of {@code compare-clips}: which clips of different videos show the same material. Inputs: the curated videos.
 *
 * @param maxDistance largest mean distance of two clips' descriptors that still match, as a share of their bits, 0 to 0.5
 * @param minSimilarity smallest cosine of two clips' embeddings that match; without it, embeddings are not asked
 */
public record CompareClipsOrder(double maxDistance, Optional<Double> minSimilarity) {
    /** File with the {@link ClipDuplicates}. */
    public static final String DUPLICATES_FILE = "duplicates.json";
}
