package dev.mugv.model.train;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.flow.TimestepShift;
import dev.mugv.model.format.WeightedClip;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.sampling.StageDraws;
import dev.mugv.model.sampling.StageDraws.FirstFrame;
import dev.mugv.model.train.CaptionChoice.HasGivenFrames;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a stage shows the model at each update: shape by phase, image or video, clip, timestep, first frame given or not,
 * caption kept or taken away, noise. All of it is a pure function of (seed, update, slot); what is drawn stands in
 * {@link StageDraws}, which others can ask without the latents.
 */
final class FlowSampler {
    private static final String TIMESTEP = "training-timestep";
    private static final String NOISE = "training-noise";
    private static final String CAPTION = "caption-dropout";

    private final TrainingStage stage;
    private final LatentLibrary latents;
    private final CaptionChoice captions;
    private final StageDraws draws;

    /**
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} if some phase has no clip of its shape
     */
    FlowSampler(TrainingStage stage, List<WeightedClip> clips, LatentLibrary latents) {
        this.stage = stage;
        this.latents = latents;
        this.captions = new CaptionChoice(stage.captionDropout(), latents.textWidth());
        this.draws = new StageDraws(stage, clips, latents::holds);
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
        return slots().stream().map(slot -> draws.draw(update, slot).clipId()).toList();
    }

    private List<Integer> slots() {
        return IntStream.range(0, stage.batch()).boxed().toList();
    }

    /** Share of an update's time that ranks wait for the slowest by the measured costs; 0 where none were measured. */
    double idleShare(long update, int ranks) {
        return draws.idleShare(update, ranks);
    }

    /** Shape of the clips that are trained on at an update, from 1. */
    VideoShape shape(long update) {
        return draws.shape(update);
    }

    /** Probability that a slot of this update is an image. */
    double imageShare(long update) {
        return draws.imageShare(update);
    }

    private FlowSample sample(long update, int slot) {
        StageDraws.Draw draw = draws.draw(update, slot);
        String clip = draw.clipId();
        VideoShape shape = draw.shape();
        boolean firstFrame = draw.firstFrame() == FirstFrame.GIVEN;
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
}
