package dev.mugv.model.train;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.flow.TimestepShift;
import dev.mugv.model.format.WeightedClip;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.train.CaptionChoice.HasGivenFrames;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a stage shows the model at each update: shape by phase, image or video, clip, timestep, first frame given or not,
 * caption kept or taken away, noise. All of it is a pure function of (seed, update, slot).
 */
final class FlowSampler {
    private static final String CHOICES = "sample-choices";
    private static final String TIMESTEP = "training-timestep";
    private static final String NOISE = "training-noise";
    private static final String CAPTION = "caption-dropout";
    /** Indices into the stream of choices. */
    private static final int IMAGE = 0;

    private static final int FIRST_FRAME = 1;

    private final TrainingStage stage;
    private final LatentLibrary latents;
    private final CaptionChoice captions;
    private final Map<VideoShape, ClipOrder> orders = new HashMap<>();

    /**
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} if some phase has no clip of its shape
     */
    FlowSampler(TrainingStage stage, List<WeightedClip> clips, LatentLibrary latents) {
        this.stage = stage;
        this.latents = latents;
        this.captions = new CaptionChoice(stage.captionDropout(), latents.textWidth());
        for (ShapePhase phase : stage.phases()) {
            addOrder(phase.shape(), clips);
            if (stage.imageShareStart() > 0 || stage.imageShareEnd() > 0) {
                addOrder(phase.shape().image(), clips);
            }
        }
    }

    /** The update's samples in the order of their slots; images and videos have different shapes. */
    List<FlowSample> samples(long update) {
        return samples(update, slots());
    }

    /** Those of some slots, in the order asked for; nothing is read of the others. */
    List<FlowSample> samples(long update, List<Integer> some) {
        return some.stream().map(slot -> sample(update, slot)).toList();
    }

    /** The clips of all slots. */
    List<String> clips(long update) {
        return slots().stream()
                .map(slot -> order(shape(update, slot)).clip(update, slot))
                .toList();
    }

    private List<Integer> slots() {
        return IntStream.range(0, stage.batch()).boxed().toList();
    }

    /** Shape of the clips that are trained on at an update, from 1. */
    VideoShape shape(long update) {
        for (ShapePhase phase : stage.phases()) {
            // Update u fills the share ((u - 1) / updates, u / updates] of the stage.
            if (update <= phase.until() * stage.updates()) {
                return phase.shape();
            }
        }
        return stage.phases().get(stage.phases().size() - 1).shape();
    }

    /** Probability that a slot of this update is an image: linear from the first update to the last. */
    double imageShare(long update) {
        double done = stage.updates() == 1 ? 0 : (update - 1) / (stage.updates() - 1.0);
        return stage.imageShareStart() + done * (stage.imageShareEnd() - stage.imageShareStart());
    }

    private VideoShape shape(long update, int slot) {
        VideoShape video = shape(update);
        return choices(update, slot).uniform(IMAGE) < imageShare(update) ? video.image() : video;
    }

    private CounterNoise choices(long update, int slot) {
        return CounterNoise.of(stage.seed(), CHOICES, update, slot);
    }

    private ClipOrder order(VideoShape shape) {
        ClipOrder order = orders.get(shape);
        if (order == null) {
            throw new IllegalStateException("no clips were prepared for shape " + shape.label());
        }
        return order;
    }

    private FlowSample sample(long update, int slot) {
        CounterNoise choices = choices(update, slot);
        VideoShape shape = shape(update, slot);
        String clip = order(shape).clip(update, slot);
        boolean firstFrame = shape.latentFrames() > 1 && choices.uniform(FIRST_FRAME) < stage.firstFrameShare();
        ShownCaption caption = captions.choose(
                latents.text_SD(clip),
                firstFrame ? HasGivenFrames.YES : HasGivenFrames.NO,
                CounterNoise.of(stage.seed(), CAPTION, update, slot));
        double gaussian = CounterNoise.of(stage.seed(), TIMESTEP, update, slot).gaussian(0);
        return new FlowSample(
                clip,
                shape,
                latents.latent_CFHW(clip, shape),
                caption,
                FlowMatching.timestep(gaussian, TimestepShift.of(shape)),
                firstFrame ? Set.of(0) : Set.of(),
                CounterNoise.of(stage.seed(), NOISE, update, slot));
    }

    private void addOrder(VideoShape shape, List<WeightedClip> clips) {
        List<WeightedClip> encoded = clips.stream()
                .filter(clip -> latents.holds(clip.clipId(), shape))
                .toList();
        if (encoded.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot train '%s': expected clips with latents of shape %s, found none among %d clips. Encode latents with this shape, or take the phase out."
                            .formatted(stage.name(), shape.label(), clips.size()));
        }
        orders.put(shape, new ClipOrder(stage.seed(), encoded));
    }
}
