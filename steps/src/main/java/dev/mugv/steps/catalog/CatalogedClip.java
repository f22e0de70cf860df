package dev.mugv.steps.catalog;

import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.EntryPoint;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A clip with everything measured of it.
 *
 * @param clipId its id
 * @param videoSha256 content hash of its video
 * @param firstFrame 0-based index of its first frame
 * @param endFrame index after its last frame
 * @param fps frame rate of the video
 * @param width pixels of the video
 * @param height pixels of the video
 * @param entry key frame from which decoding may start
 * @param scores every score by name
 */
public record CatalogedClip(
        String clipId,
        String videoSha256,
        int firstFrame,
        int endFrame,
        double fps,
        int width,
        int height,
        EntryPoint entry,
        SortedMap<String, Double> scores) {
    public CatalogedClip {
        scores = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(scores));
    }

    /** Length in seconds. */
    public double seconds() {
        return (endFrame - firstFrame) / fps;
    }

    /** Where workers find its frames; the video is named by its content, relative to the workspace. */
    public ClipSource source() {
        return new ClipSource(clipId, videoPath(videoSha256), videoSha256, firstFrame, endFrame, fps, entry);
    }

    /** Path of a video by its content, relative to the workspace. */
    public static Path videoPath(String sha256) {
        return Path.of("videos", sha256);
    }

    /** A score that every clip has. */
    public double score(String name) {
        Double value = scores.get(name);
        if (value == null) {
            throw new IllegalStateException("clip " + clipId + " has no score '" + name + "', only " + scores.keySet());
        }
        return value;
    }
}
