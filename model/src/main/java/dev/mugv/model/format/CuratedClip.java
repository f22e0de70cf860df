package dev.mugv.model.format;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A clip with everything measured of it.
 *
 * @param clipId see {@link ClipSource#idOf}
 * @param range its frames
 * @param startSeconds time of its first frame in the video
 * @param seconds its length by time stamps
 * @param entry key frame from which decoding may start
 * @param scores every score by name, see {@link ClipScores}
 * @param colours names of the colours that fill most of it, the largest first
 * @param aestheticScorer what made the aesthetic score
 * @param thumbnail file of a middle frame, relative to the artifact
 */
public record CuratedClip(
        String clipId,
        FrameRange range,
        double startSeconds,
        double seconds,
        EntryPoint entry,
        SortedMap<String, Double> scores,
        List<String> colours,
        String aestheticScorer,
        String thumbnail) {
    public CuratedClip {
        scores = Collections.unmodifiableSortedMap(new TreeMap<>(scores));
        colours = List.copyOf(colours);
        scores.forEach((name, value) -> {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("score " + name + ": expected a finite number, found " + value);
            }
        });
    }

    /** A score that every clip has. */
    public double score(String name) {
        Double value = scores.get(name);
        if (value == null) {
            throw new IllegalArgumentException("score " + name + ": expected one of " + scores.keySet());
        }
        return value;
    }
}
