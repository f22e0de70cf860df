package dev.mugv.model.format;

import dev.mugv.model.config.CaptionerConfiguration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Parameters of {@code caption-clips}: describe a shard of clips. Inputs: the curated videos of these clips.
 *
 * @param clips what to describe, each with the file name of its video
 * @param captioner who describes; what an endpoint or a file leaves open is described by what was measured
 * @param captions captions written by people, by file name of a video or by clip id
 */
public record CaptionClipsOrder(
        List<NamedClip> clips, CaptionerConfiguration captioner, SortedMap<String, String> captions) {
    /** File with the {@link ClipCaptions}. */
    public static final String CAPTIONS_FILE = "captions.json";

    public CaptionClipsOrder {
        clips = List.copyOf(clips);
        captions = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(captions));
    }

    /**
     * @param clip the clip; its video absolute or relative to the workspace
     * @param videoName file name of the video as the user knows it
     */
    public record NamedClip(ClipSource clip, String videoName) {}
}
