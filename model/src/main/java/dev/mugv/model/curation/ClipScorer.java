package dev.mugv.model.curation;

import dev.mugv.model.format.ClipScores;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Makes a clip's scores of the samples that fall into it. */
final class ClipScorer {
    /** Smallest share of the pictures that a named colour fills. */
    private static final double COLOUR_SHARE = 0.12;

    private static final int COLOURS = 3;

    private ClipScorer() {}

    /** Scores by name; {@code pictures} and {@code motions} hold at least one each. */
    static SortedMap<String, Double> scores(List<PictureSample> pictures, List<MotionMeasure> motions, double seconds) {
        SortedMap<String, Double> scores = new TreeMap<>();
        double[] sharpness = sorted(pictures, sample -> sample.measures().sharpness());
        scores.put(ClipScores.SHARPNESS_MIN, sharpness[0]);
        scores.put(ClipScores.SHARPNESS, sharpness[(sharpness.length - 1) / 2]);
        scores.put(ClipScores.SHARPNESS_MAX, sharpness[sharpness.length - 1]);
        scores.put(
                ClipScores.EXPOSURE, mean(pictures, sample -> sample.measures().exposure()));
        scores.put(
                ClipScores.DARK_SHARE,
                mean(pictures, sample -> sample.measures().darkShare()));
        scores.put(
                ClipScores.BRIGHT_SHARE,
                mean(pictures, sample -> sample.measures().brightShare()));
        scores.put(
                ClipScores.CONTRAST, mean(pictures, sample -> sample.measures().contrast()));
        scores.put(
                ClipScores.COLOURFULNESS,
                mean(pictures, sample -> sample.measures().colourfulness()));
        scores.put(ClipScores.AESTHETIC, mean(pictures, PictureSample::aesthetic));
        List<MotionMeasure> three = startMiddleEnd(motions);
        double[] lengths = sorted(three, MotionMeasure::length);
        scores.put(ClipScores.MOTION_MIN, lengths[0]);
        scores.put(ClipScores.MOTION, mean(three, MotionMeasure::length));
        scores.put(ClipScores.MOTION_MAX, lengths[lengths.length - 1]);
        scores.put(ClipScores.PAN_X, mean(three, MotionMeasure::panX));
        scores.put(ClipScores.PAN_Y, mean(three, MotionMeasure::panY));
        scores.put(ClipScores.OBJECT_MOTION, mean(three, MotionMeasure::objects));
        scores.put(ClipScores.MOVING_SHARE, mean(three, MotionMeasure::movingShare));
        scores.put(
                ClipScores.BORDER_SHARE,
                pictures.stream()
                        .map(PictureSample::borders)
                        .reduce(Borders::common)
                        .orElseThrow()
                        .share());
        scores.put(ClipScores.SECONDS, seconds);
        return scores;
    }

    /** Three evenly spaced pairs; fewer in a clip that holds fewer. */
    private static List<MotionMeasure> startMiddleEnd(List<MotionMeasure> motions) {
        int last = motions.size() - 1;
        return IntStream.of(0, last / 2, last).distinct().mapToObj(motions::get).toList();
    }

    private static <T> double[] sorted(List<T> samples, ToDoubleFunction<T> measure) {
        return samples.stream().mapToDouble(measure).sorted().toArray();
    }

    private static <T> double mean(List<T> samples, ToDoubleFunction<T> measure) {
        return samples.stream().mapToDouble(measure).average().orElseThrow();
    }

    /** Colours that fill the pictures, the largest first. */
    static List<String> colours(List<PictureSample> pictures) {
        long[] counts = new long[ColourNames.count()];
        long pixels = 0;
        for (PictureSample sample : pictures) {
            for (int colour = 0; colour < counts.length; colour++) {
                counts[colour] += sample.colours()[colour];
                pixels += sample.colours()[colour];
            }
        }
        double least = COLOUR_SHARE * pixels;
        List<Integer> order = new ArrayList<>(IntStream.range(0, counts.length)
                .filter(c -> counts[c] >= least)
                .boxed()
                .toList());
        order.sort(Comparator.comparingLong(colour -> -counts[colour]));
        return order.stream().limit(COLOURS).map(ColourNames::name).toList();
    }
}
