package dev.mugv.model.worker.task;

import dev.mugv.model.config.VideoShape;
import dev.mugv.model.feature.FrechetDistance;
import dev.mugv.model.feature.RandomEncoder;
import dev.mugv.model.feature.TorchScriptVideoEncoder;
import dev.mugv.model.feature.VideoEncoder;
import dev.mugv.model.format.BenchmarkModelOrder.RealVideos;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.FeatureDistance;
import dev.mugv.model.media.ClipFrames;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.worker.task.BenchmarkModelTask.Video;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The distance of a checkpoint's videos to clips of the same shape, over the frames that all of them have. */
final class DistanceToRealVideos implements AutoCloseable {
    /** What I3D was trained on, and FVD is computed from. */
    private static final int MOST_FRAMES = 16;

    private static final int FRAMES_OF_A_LATENT = 8;

    private final RealVideos real;
    private final int frames;
    private final VideoEncoder encoder;
    private final FrechetDistance distance;

    private DistanceToRealVideos(RealVideos real, int frames, VideoEncoder encoder, FrechetDistance distance) {
        this.real = real;
        this.frames = frames;
        this.encoder = encoder;
        this.distance = distance;
    }

    /**
     * Opens and tries the encoder.
     *
     * @throws WorkFailure of kind INVALID_REQUEST for a file that is no encoder of such videos
     */
    static DistanceToRealVideos open(
            TaskContext context, RealVideos real, Collection<Video> videos, TorchRuntime runtime) {
        int frames = videos.stream()
                .mapToInt(video -> shownFrames(video, real.shape()))
                .min()
                .orElse(MOST_FRAMES);
        int asked = Math.min(MOST_FRAMES, frames);
        VideoEncoder encoder = real.encoder()
                .<VideoEncoder>map(file -> TorchScriptVideoEncoder.open(
                        context.order().workspace().resolve(file.path()), "video-encoder", asked, runtime))
                .orElseGet(() -> RandomEncoder.open(runtime));
        return new DistanceToRealVideos(real, asked, encoder, new FrechetDistance(runtime));
    }

    /** A given first frame stands as a picture, not as the eight frames of its latent. */
    private static int shownFrames(Video video, VideoShape shape) {
        int given = video.sample().conditioning().latentFrames();
        return shape.frames() - given * (FRAMES_OF_A_LATENT - 1);
    }

    /** Features of a generated video, all of whose frames are given. */
    float[] features(List<RgbFrame> video) {
        return encoder.encode(video.subList(0, Math.min(frames, video.size())));
    }

    /** The distance; empty with too few videos of either kind. */
    Optional<FeatureDistance> of(List<float[]> generated) {
        if (generated.size() < FrechetDistance.FEWEST || real.clips().size() < FrechetDistance.FEWEST) {
            return Optional.empty();
        }
        List<float[]> reals = new ArrayList<>();
        for (ClipSource clip : real.clips()) {
            reals.add(features(ClipFrames.read(clip, real.shape())));
        }
        return distance.estimate(generated, reals)
                .map(estimate -> new FeatureDistance(
                        encoder.name(),
                        generated.get(0).length,
                        frames,
                        generated.size(),
                        reals.size(),
                        estimate.distance(),
                        estimate.low(),
                        estimate.high(),
                        estimate.bias(),
                        floor(reals)));
    }

    private Optional<Double> floor(List<float[]> reals) {
        List<float[]> even = new ArrayList<>();
        List<float[]> odd = new ArrayList<>();
        for (int i = 0; i < reals.size(); i++) {
            (i % 2 == 0 ? even : odd).add(reals.get(i));
        }
        return odd.size() < FrechetDistance.FEWEST ? Optional.empty() : Optional.of(distance.between(even, odd));
    }

    @Override
    public void close() {
        encoder.close();
        distance.close();
    }
}
