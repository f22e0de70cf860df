package dev.mugv.steps.catalog;

/** Two clips that show the same material; {@code clipId} is the smaller id. */
public record DuplicatePair(String clipId, String otherId, double distance) {
    public DuplicatePair {
        if (clipId.compareTo(otherId) >= 0) {
            throw new IllegalArgumentException("a pair names its smaller id first: " + clipId + ", " + otherId);
        }
    }
}
