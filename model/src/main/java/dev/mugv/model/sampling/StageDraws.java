package dev.mugv.model.sampling;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.WeightedClip;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * What a stage draws: shape by phase, image or video, clip, first frame given or not, as a pure function of (seed, update,
 * slot).
 */
public final class StageDraws {
    private static final String CHOICES = "sample-choices";
    /** Indices into the stream of choices. */
    private static final int IMAGE = 0;

    private static final int FIRST_FRAME = 1;

    private final TrainingStage stage;
    private final Map<VideoShape, ClipOrder> orders = new HashMap<>();

    /**
     * @param clips that may be trained on
     * @param encoded whether there is a latent of a clip, by its id, at a shape
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} if some phase has no clip of its shape
     */
    public StageDraws(TrainingStage stage, List<WeightedClip> clips, BiPredicate<String, VideoShape> encoded) {
        this.stage = stage;
        for (ShapePhase phase : stage.phases()) {
            addOrder(phase.shape(), clips, encoded);
            if (stage.imageShareStart() > 0 || stage.imageShareEnd() > 0) {
                addOrder(phase.shape().image(), clips, encoded);
            }
        }
    }

    /** Whether a clip's first latent frame is given clean. */
    public enum FirstFrame {
        GIVEN,
        MADE
    }

    /**
     * What one slot is shown.
     *
     * @param clipId the clip
     * @param shape shape of its latent
     */
    public record Draw(String clipId, VideoShape shape, FirstFrame firstFrame) {}

    /** What a slot, from 0, is shown at an update, from 1. */
    public Draw draw(long update, int slot) {
        CounterNoise choices = CounterNoise.of(stage.seed(), CHOICES, update, slot);
        VideoShape video = shape(update);
        VideoShape shape = choices.uniform(IMAGE) < imageShare(update) ? video.image() : video;
        ClipOrder order = orders.get(shape);
        if (order == null) {
            throw new IllegalStateException("no clips were prepared for shape " + shape.label());
        }
        boolean given = shape.latentFrames() > 1 && choices.uniform(FIRST_FRAME) < stage.firstFrameShare();
        return new Draw(order.clip(update, slot), shape, given ? FirstFrame.GIVEN : FirstFrame.MADE);
    }

    /** Shape of the clips that are trained on at an update, from 1. */
    public VideoShape shape(long update) {
        for (ShapePhase phase : stage.phases()) {
            // Update u fills the share ((u - 1) / updates, u / updates] of the stage.
            if (update <= phase.until() * stage.updates()) {
                return phase.shape();
            }
        }
        return stage.phases().get(stage.phases().size() - 1).shape();
    }

    /** Probability that a slot of this update is an image: linear from the first update to the last. */
    public double imageShare(long update) {
        double done = stage.updates() == 1 ? 0 : Math.min(1, (update - 1) / (stage.updates() - 1.0));
        return stage.imageShareStart() + done * (stage.imageShareEnd() - stage.imageShareStart());
    }

    private void addOrder(VideoShape shape, List<WeightedClip> clips, BiPredicate<String, VideoShape> encoded) {
        List<WeightedClip> held = clips.stream()
                .filter(clip -> encoded.test(clip.clipId(), shape))
                .toList();
        if (held.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot train '%s': expected clips with latents of shape %s, found none among %d clips. Encode latents with this shape, or take the phase out."
                            .formatted(stage.name(), shape.label(), clips.size()));
        }
        orders.put(shape, new ClipOrder(stage.seed(), held));
    }
}
