package dev.mugv.steps.catalog;

import java.util.List;

/** Caption of a clip, who wrote it (csv, endpoint, describer), and the tags that balancing uses. */
public record ClipCaption(String clipId, String caption, String origin, List<String> tags) {
    public ClipCaption {
        tags = List.copyOf(tags);
    }
}
