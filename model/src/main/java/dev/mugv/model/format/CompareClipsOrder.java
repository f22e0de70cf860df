package dev.mugv.model.format;

/**
 * Parameters of {@code compare-clips}: which clips of different videos show the same material. Inputs: the curated videos.
 *
 * @param maxDistance largest mean distance of two clips' descriptors that still match, as a share of their bits, 0 to 0.5
 */
public record CompareClipsOrder(double maxDistance) {
    /** File with the {@link ClipDuplicates}. */
    public static final String DUPLICATES_FILE = "duplicates.json";
}
