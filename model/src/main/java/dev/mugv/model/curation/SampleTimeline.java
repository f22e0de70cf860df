package dev.mugv.model.curation;

import dev.mugv.model.format.ClipScores;
import dev.mugv.model.format.FrameRange;
import dev.mugv.model.media.FrameReader;
import dev.mugv.model.media.FrameSize;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.media.YuvFrame;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Measures of sampled frames along a video. Clips are known only when their shot has ended, so samples are taken at a
 * fixed pace while decoding, and a clip's scores are made of those that fall into it; nothing is decoded twice.
 */
final class SampleTimeline {
    static final double FINGERPRINTS_PER_SECOND = 4;

    /** Seconds between the frames of a pair for optical flow: the unit of the motion score. */
    private static final double MOTION_SECONDS = 0.1;

    private static final double LONGEST_INTERVAL = 0.5;
    private static final double SAMPLES_IN_SHORTEST_CLIP = 4;

    /** Flow is computed at half the width of measurement: its sub-pixel accuracy suffices, at a quarter of the cost. */
    private static final int FLOW_REDUCTION = 2;

    private final Scorers scorers;
    private final ThumbnailStore thumbnails;
    private final FrameSize pictureSize;
    private final FrameSize flowSize;
    private final double interval;
    private final List<PictureSample> pictures = new ArrayList<>();
    private final List<PictureModelScores.Answers> answers = new ArrayList<>();
    private final List<MotionMeasure> motions = new ArrayList<>();
    private final FrameSteps steps = new FrameSteps();
    private final List<FingerprintSample> fingerprints = new ArrayList<>();
    private double nextPicture;
    private double nextFingerprint;
    private @Nullable PendingPair pending;

    SampleTimeline(Scorers scorers, ThumbnailStore thumbnails, double aspect, double shortestClip) {
        this.scorers = scorers;
        this.thumbnails = thumbnails;
        pictureSize = FrameSize.ofWidth(ClipScores.WIDTH, aspect);
        flowSize = FrameSize.ofWidth(ClipScores.WIDTH / FLOW_REDUCTION, aspect);
        interval = Math.min(LONGEST_INTERVAL, shortestClip / SAMPLES_IN_SHORTEST_CLIP);
    }

    /**
     * Takes what is due of the reader's current frame.
     *
     * @param small the frame as given to the cut detection
     */
    void add(FrameReader reader, YuvFrame small) {
        double now = reader.seconds();
        steps.add(small);
        if (now >= nextFingerprint) {
            fingerprints.add(new FingerprintSample(reader.index(), Fingerprint.of(small)));
            nextFingerprint = after(now, 1 / FINGERPRINTS_PER_SECOND);
        }
        PendingPair pair = pending;
        if (pair != null && now - pair.seconds >= MOTION_SECONDS - 1e-3) {
            FlowField flow = OpticalFlow.between(pair.image, GreyImage.of(reader.yuv(flowSize)));
            double scale = FLOW_REDUCTION * MOTION_SECONDS / (now - pair.seconds);
            motions.add(MotionMeasure.of(flow, pair.frame, reader.index(), scale));
            pending = null;
        }
        if (now >= nextPicture) {
            RgbFrame picture = reader.rgb(pictureSize);
            long[] colours = new long[ColourNames.count()];
            ColourNames.count(picture, colours);
            pictures.add(new PictureSample(
                    reader.index(),
                    PictureMeasures.of(picture),
                    Borders.of(GreyImage.of(picture)),
                    scorers.aesthetic().score(picture),
                    colours));
            answers.add(scorers.models().ask(picture));
            thumbnails.offer(picture);
            if (pending == null) {
                pending = new PendingPair(reader.index(), now, GreyImage.of(reader.yuv(flowSize)));
            }
            nextPicture = after(now, interval);
        }
    }

    /** The next multiple of a step. */
    private static double after(double now, double step) {
        return (Math.floor(now / step + 1e-6) + 1) * step;
    }

    /** Who judges pictures. */
    record Scorers(AestheticScorer aesthetic, PictureModelScores models) {}

    /** What learned models said of a clip's pictures. */
    List<PictureModelScores.Answers> answers(FrameRange range) {
        return answers.stream()
                .filter(one -> one.frame() >= range.firstFrame() && one.frame() < range.endFrame())
                .toList();
    }

    /** What happens from each frame to the next. */
    FrameSteps steps() {
        return steps;
    }

    List<PictureSample> pictures(FrameRange range) {
        return pictures.stream()
                .filter(sample -> sample.frame() >= range.firstFrame() && sample.frame() < range.endFrame())
                .toList();
    }

    List<MotionMeasure> motions(FrameRange range) {
        return motions.stream()
                .filter(pair -> pair.frame() >= range.firstFrame() && pair.lastFrame() < range.endFrame())
                .toList();
    }

    List<String> fingerprints(FrameRange range) {
        return fingerprints.stream()
                .filter(sample -> sample.frame >= range.firstFrame() && sample.frame < range.endFrame())
                .map(sample -> sample.fingerprint.hex())
                .toList();
    }

    private record FingerprintSample(int frame, Fingerprint fingerprint) {}

    private record PendingPair(int frame, double seconds, GreyImage image) {}
}
