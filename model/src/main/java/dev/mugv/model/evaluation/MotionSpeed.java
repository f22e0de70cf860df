package dev.mugv.model.evaluation;

import dev.mugv.model.curation.FlowField;
import dev.mugv.model.curation.GreyImage;
import dev.mugv.model.curation.OpticalFlow;
import dev.mugv.model.media.RgbFrame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How fast a video moves: for each pair of neighbouring frames the mean length of the longest 5 % of the optical flow, as
 * VBench takes it (Huang et al., CVPR 2024, dynamic degree), with curation's Lucas-Kanade flow in place of the network RAFT.
 */
public final class MotionSpeed {
    private static final double FASTEST_SHARE = 0.05;
    /** VBench's frame rate: faster videos are thinned to about this. */
    private static final double FPS = 8;
    /** VBench's threshold, in pixels of a picture whose shorter side has 256. */
    private static final double THRESHOLD_PIXELS = 6;

    private static final double THRESHOLD_SIDE = 256;
    private static final double MOVING_PAIRS = 4 / 16.0;

    private final List<RgbFrame> frames;
    private final double fps;
    private final double[] pixels;

    private MotionSpeed(List<RgbFrame> frames, double fps, double[] pixels) {
        this.frames = frames;
        this.fps = fps;
        this.pixels = pixels;
    }

    /**
     * Measures at least two frames of one size.
     *
     * @param fps frames a second; a video much faster than 8 is thinned to about 8 first
     */
    public static MotionSpeed of(List<RgbFrame> video, double fps) {
        FramePairs.requireCount(2, video);
        int every = (int) Math.max(1, Math.round(fps / FPS));
        List<RgbFrame> frames = new ArrayList<>();
        for (int i = 0; i < video.size(); i += every) {
            frames.add(video.get(i));
        }
        double[] pixels = new double[Math.max(0, frames.size() - 1)];
        for (int i = 0; i < pixels.length; i++) {
            FramePairs.requireSameSize(frames.get(i), frames.get(i + 1));
            pixels[i] = fastest(OpticalFlow.between(GreyImage.of(frames.get(i)), GreyImage.of(frames.get(i + 1))));
        }
        return new MotionSpeed(frames, fps / every, pixels);
    }

    /** Mean over the pairs, in picture widths a second. */
    public double widthsPerSecond() {
        return Arrays.stream(pixels).average().orElse(0) * fps / frames.get(0).width();
    }

    /**
     * VBench's dynamic degree: 1 if at least {@code round(4 · frames / 16)} pairs are faster than {@code 6 · s / 256}
     * pixels, s being the picture's shorter side; else 0.
     */
    public double dynamicDegree() {
        double side = Math.min(frames.get(0).width(), frames.get(0).height());
        double threshold = THRESHOLD_PIXELS * side / THRESHOLD_SIDE;
        long moving = Arrays.stream(pixels).filter(speed -> speed > threshold).count();
        return moving >= Math.max(1, Math.round(MOVING_PAIRS * frames.size())) ? 1 : 0;
    }

    private static double fastest(FlowField flow) {
        double[] lengths = new double[flow.x().length];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = Math.hypot(flow.x()[i], flow.y()[i]);
        }
        Arrays.sort(lengths);
        int count = (int) Math.max(1, Math.round(FASTEST_SHARE * lengths.length));
        return Arrays.stream(lengths, lengths.length - count, lengths.length)
                .average()
                .orElseThrow();
    }
}
