package dev.mugv.steps.catalog;

/** A preference label: of a pair of samples, or of one sample. */
public sealed interface PreferenceLabel {
    /** Id of the label in its source. */
    String labelId();

    /** One generated sample was preferred over another. */
    record Pair(String labelId, String winnerId, String loserId) implements PreferenceLabel {}

    /** A generated sample passed or failed. */
    record Absolute(String labelId, String sampleId, boolean pass) implements PreferenceLabel {}
}
