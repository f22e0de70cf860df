package dev.mugv.model.evaluation;

import dev.mugv.model.curation.GreyImage;
import dev.mugv.model.curation.Sharpness;
import dev.mugv.model.format.SampleMeasure;
import dev.mugv.model.media.RgbFrame;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** All automatic measures of one generated video. */
public final class SampleScores {
    private SampleScores() {}

    /**
     * Measures a video as a viewer gets it.
     *
     * @param frames at least three, of one size; a given first frame stands before the generated ones
     * @param firstFrame the frame that was given, for image to video
     * @param fps frames a second
     * @return by {@link SampleMeasure#label()}
     */
    public static Map<String, Double> of(List<RgbFrame> frames, Optional<RgbFrame> firstFrame, double fps) {
        Map<SampleMeasure, Double> scores = new EnumMap<>(SampleMeasure.class);
        MotionSpeed speed = MotionSpeed.of(frames, fps);
        scores.put(SampleMeasure.TEMPORAL_FLICKER, TemporalFlicker.of(frames));
        scores.put(SampleMeasure.MOTION_SMOOTHNESS, MotionSmoothness.of(frames));
        scores.put(SampleMeasure.DYNAMIC_DEGREE, speed.dynamicDegree());
        scores.put(SampleMeasure.MOTION, speed.widthsPerSecond());
        scores.put(
                SampleMeasure.SHARPNESS,
                frames.stream()
                        .mapToDouble(frame -> Sharpness.of(GreyImage.of(frame)))
                        .average()
                        .orElseThrow());
        scores.put(SampleMeasure.SATURATION, Saturation.of(frames));
        firstFrame.ifPresent(
                given -> scores.put(SampleMeasure.FIRST_FRAME_PSNR, PeakSignalToNoise.of(frames.get(1), given)));
        Map<String, Double> byLabel = new TreeMap<>();
        scores.forEach((measure, value) -> byLabel.put(measure.label(), value));
        return Collections.unmodifiableMap(byLabel);
    }
}
