package dev.mugv.steps.report;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What curation found in one video.
 *
 * @param name file name
 * @param rights licence and allowed use, as in the screening manifest
 * @param width pixels
 * @param height pixels
 * @param frames decoded frames
 * @param fps frames a second
 * @param transitions cuts found, in order
 * @param clips every candidate, kept or not, in order
 * @param faults what was wrong with the file, empty for a sound one
 */
public record CuratedVideoResult(
        String name,
        String rights,
        int width,
        int height,
        int frames,
        double fps,
        List<Transition> transitions,
        List<Clip> clips,
        List<String> faults) {
    public CuratedVideoResult {
        transitions = List.copyOf(transitions);
        clips = List.copyOf(clips);
        faults = List.copyOf(faults);
    }

    /**
     * @param kind {@code cut}, {@code dissolve}, {@code fade} and the like
     * @param firstFrame first frame of the transition; of a hard cut, the new shot's first frame
     * @param endFrame end, exclusive
     */
    public record Transition(String kind, int firstFrame, int endFrame) {}

    /**
     * @param id the clip's identity
     * @param firstFrame 0-based, in presentation order
     * @param endFrame end, exclusive
     * @param thumbnail a PNG
     * @param caption empty for none
     * @param rejectedFor the reasons, none for a kept clip
     * @param duplicateOf the clip that is kept in its place
     * @param scores every score that was measured, by name
     */
    public record Clip(
            String id,
            int firstFrame,
            int endFrame,
            Optional<Path> thumbnail,
            String caption,
            List<String> rejectedFor,
            Optional<String> duplicateOf,
            SortedMap<String, Double> scores) {
        public Clip {
            rejectedFor = List.copyOf(rejectedFor);
            scores = Collections.unmodifiableSortedMap(new TreeMap<>(scores));
        }

        public boolean isKept() {
            return rejectedFor.isEmpty();
        }
    }
}
