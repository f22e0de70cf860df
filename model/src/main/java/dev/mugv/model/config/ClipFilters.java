package dev.mugv.model.config;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Ranges of kept scores; a clip outside any of them is rejected, a score without a range rejects nothing. Every score is
 * kept whatever the ranges are, so they can be changed without measuring again.
 *
 * @param sharpness variance of the Laplacian
 * @param motion mean optical flow over three frame pairs, in pixels
 * @param exposure mean luma, 0 to 1
 * @param aesthetic aesthetic score, 0 to 10
 * @param borderShare share of the picture that black borders cover
 * @param shake mean change of the picture's movement from frame to frame, in pixels
 * @param repeatedShare share of frames that show the frame before once more
 * @param safety answer of the safety model, 0 harmless to 1
 * @param textArea share of the picture that text covers, by the model of it
 */
public record ClipFilters(
        Optional<Range> sharpness,
        Optional<Range> motion,
        Optional<Range> exposure,
        Optional<Range> aesthetic,
        Optional<Range> borderShare,
        Optional<Range> shake,
        Optional<Range> repeatedShare,
        Optional<Range> safety,
        Optional<Range> textArea) {
    /** The same for the share of text, where a model of it is configured: a station's logo, no line of writing. */
    public static final Range REFERENCE_TEXT_AREA = new Range(0, 0.02);

    /**
     * Ranges that the planted set is judged by where a run has none of its own. Sound clips of many kinds lie within (measured on 30
     * clips: sharpness 37 to 1770, motion 0.1 to 6.3, shake up to 0.74, repeated frames up to 0.14); the aesthetic range is the classical
     * measure's.
     */
    public static SortedMap<String, Range> reference() {
        return new TreeMap<>(Map.of(
                "sharpness", new Range(20, 100_000),
                "motion", new Range(0.05, 1000),
                "exposure", new Range(0.1, 0.9),
                "aesthetic", new Range(5, 10),
                "border-share", new Range(0, 0.02),
                "shake", new Range(0, 1.2),
                "repeated-share", new Range(0, 0.3)));
    }

    /** What each filter looks at, by the name of its score, in the words of a list. */
    public static SortedMap<String, String> measures() {
        return new TreeMap<>(Map.of(
                "sharpness", "Variance of the Laplacian.",
                "motion", "Mean optical flow, in pixels.",
                "exposure", "Mean luma, 0 to 1.",
                "aesthetic", "Aesthetic score, 0 to 10.",
                "border-share", "Share of the picture that black borders cover.",
                "shake", "Mean change of the picture's movement between frames, in pixels.",
                "repeated-share", "Share of frames that show the frame before once more.",
                "safety", "Answer of the safety model, 0 harmless to 1.",
                "text-area", "Share of the picture that text covers, by the model of it."));
    }

    /** The given ranges by the name of their score. */
    public SortedMap<String, Range> byScore() {
        SortedMap<String, Range> ranges = new TreeMap<>();
        sharpness.ifPresent(range -> ranges.put("sharpness", range));
        motion.ifPresent(range -> ranges.put("motion", range));
        exposure.ifPresent(range -> ranges.put("exposure", range));
        aesthetic.ifPresent(range -> ranges.put("aesthetic", range));
        borderShare.ifPresent(range -> ranges.put("border-share", range));
        shake.ifPresent(range -> ranges.put("shake", range));
        repeatedShare.ifPresent(range -> ranges.put("repeated-share", range));
        safety.ifPresent(range -> ranges.put("safety", range));
        textArea.ifPresent(range -> ranges.put("text-area", range));
        return ranges;
    }
}
