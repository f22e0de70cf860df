package dev.mugv.steps.catalog;

import java.util.Optional;

/**
 * One file of the video folder with its screening.
 *
 * @param path relative to the video folder
 * @param sha256 content hash, empty when the file could not be read
 * @param bytes file size
 * @param screening what the screening manifest says of it
 * @param state whether it may be used
 * @param reason why not, or what is damaged in it
 */
public record SourceVideo(
        String path, Optional<String> sha256, long bytes, Screening screening, State state, String reason) {
    public SourceVideo {
        if (state == State.ADMITTED && (sha256.isEmpty() || screening.allowedUse() != AllowedUse.TRAINING)) {
            throw new IllegalArgumentException("an admitted video has a hash and may be used for training: " + path);
        }
    }

    /** Rights of a source, as its owner stated them. */
    public record Screening(String source, String licence, String consent, AllowedUse allowedUse) {}

    /** What a source may be used for; later steps see admitted videos only, so that none can read around it. */
    public enum AllowedUse {
        TRAINING,
        EVALUATION,
        NONE,
        /** The screening manifest does not name the file. */
        UNKNOWN
    }

    /** Whether and why a file takes part in a run. */
    public enum State {
        ADMITTED,
        REFUSED,
        UNREADABLE,
        COPY,
        DAMAGED
    }
}
