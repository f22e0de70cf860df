package dev.mugv.model.format;

import java.util.List;

/**
 * Clips that show the same material: {@code duplicates.json} of {@code compare-clips}.
 *
 * @param clips number of clips compared
 * @param candidates number of pairs that the index proposed
 * @param pairs what matched, by ids
 */
public record ClipDuplicates(int clips, int candidates, List<Pair> pairs) {
    public ClipDuplicates {
        pairs = List.copyOf(pairs);
    }

    /**
     * @param clipId the smaller id
     * @param otherId the larger id
     * @param distance share of differing bits at the best alignment in time
     */
    public record Pair(String clipId, String otherId, double distance) {
        public Pair {
            if (clipId.compareTo(otherId) >= 0) {
                throw new IllegalArgumentException("expected the smaller id first, found " + clipId + ", " + otherId);
            }
        }
    }
}
