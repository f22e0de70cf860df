package dev.mugv.model.format;

import java.util.List;

/**
 * Captions of a shard of clips: {@code captions.json} of {@code caption-clips}.
 *
 * @param captions one a clip, in the order's sequence
 */
public record ClipCaptions(List<Caption> captions) {
    public ClipCaptions {
        captions = List.copyOf(captions);
    }

    /**
     * @param clipId the clip
     * @param text its caption
     * @param origin who wrote it
     * @param tags for balancing, for example {@code motion:low}
     */
    public record Caption(String clipId, String text, Origin origin, List<String> tags) {
        public Caption {
            tags = List.copyOf(tags);
        }
    }

    /** Who wrote a caption. */
    public enum Origin {
        CSV,
        ENDPOINT,
        DESCRIBER
    }
}
