package dev.mugv.model.sampling;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.Batching;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.ShapeShare;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.WeightedClip;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;

/**
 * What a stage draws: shape by phase, image or video, clip, first frame given or not, as a pure function of (seed, update,
 * slot). It knows nothing of ranks: whatever their number is and whenever it changes, the same samples are shown, and each of an epoch
 * once where epochs are asked for. One thread at a time.
 */
public final class StageDraws {
    private static final String CHOICES = "sample-choices";
    /** Indices into the stream of choices. */
    private static final int IMAGE = 0;

    private static final int FIRST_FRAME = 1;
    private static final int SHAPE = 2;

    private final TrainingStage stage;
    private final Map<VideoShape, ClipOrder> orders = new HashMap<>();
    private final List<PhaseEpochs> epochs = new ArrayList<>();
    private List<Draw> packed = List.of();
    private long packedUpdate = -1;

    /**
     * @param clips that may be trained on
     * @param encoded whether there is a latent of a clip, by its id, at a shape
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} if some phase has no clip of its shape, or some shapes were
     *     measured and others not
     */
    public StageDraws(TrainingStage stage, List<WeightedClip> clips, BiPredicate<String, VideoShape> encoded) {
        this.stage = stage;
        boolean images = stage.imageShareStart() > 0 || stage.imageShareEnd() > 0;
        for (int phase = 0; phase < stage.phases().size(); phase++) {
            for (VideoShape shape : stage.phases().get(phase).shapes()) {
                addOrder(shape, clips, encoded);
                requireCost(shape);
                if (images) {
                    addOrder(shape.image(), clips, encoded);
                    requireCost(shape.image());
                }
            }
            if (stage.batching().order() == Batching.Order.EPOCHS) {
                BiPredicate<String, VideoShape> whole =
                        (clip, shape) -> encoded.test(clip, shape) && (!images || encoded.test(clip, shape.image()));
                epochs.add(PhaseEpochs.of(stage, phase, clips, whole));
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
        return stage.batching().costs().isEmpty()
                ? drawn(update, slot)
                : packed(update).get(slot);
    }

    /**
     * Share of an update's time that ranks wait for the slowest by the measured costs, on average; 0 where none were measured.
     */
    public double idleShare(long update, int ranks) {
        if (stage.batching().costs().isEmpty()) {
            return 0;
        }
        return BalancedSlots.idleShare(costs(packed(update)), ranks);
    }

    /** Phase that an update, from 1, belongs to, from 0. */
    private int phase(long update) {
        for (int phase = 0; phase < stage.phases().size(); phase++) {
            // Update u fills the share ((u - 1) / updates, u / updates] of the stage.
            if (update <= stage.phases().get(phase).until() * stage.updates()) {
                return phase;
            }
        }
        return stage.phases().size() - 1;
    }

    /** Shape of the clips that are trained on at an update, from 1; the first of several. */
    public VideoShape shape(long update) {
        return stage.phases().get(phase(update)).shape();
    }

    /** Probability that a slot of this update is an image: linear from the first update to the last. */
    public double imageShare(long update) {
        double done = stage.updates() == 1 ? 0 : Math.min(1, (update - 1) / (stage.updates() - 1.0));
        return stage.imageShareStart() + done * (stage.imageShareEnd() - stage.imageShareStart());
    }

    private Draw drawn(long update, int slot) {
        CounterNoise choices = CounterNoise.of(stage.seed(), CHOICES, update, slot);
        boolean image = choices.uniform(IMAGE) < imageShare(update);
        int phase = phase(update);
        VideoShape video;
        String clip;
        VideoShape shape;
        if (epochs.isEmpty()) {
            video = videoShape(stage.phases().get(phase), choices);
            shape = image ? video.image() : video;
            clip = Objects.requireNonNull(orders.get(shape)).clip(update, slot);
        } else {
            PhaseEpochs.Item item = epochs.get(phase).item(update, slot);
            shape = image ? item.shape().image() : item.shape();
            clip = item.clipId();
        }
        boolean given = shape.latentFrames() > 1 && choices.uniform(FIRST_FRAME) < stage.firstFrameShare();
        return new Draw(clip, shape, given ? FirstFrame.GIVEN : FirstFrame.MADE);
    }

    private static VideoShape videoShape(ShapePhase phase, CounterNoise choices) {
        double drawn = phase.also().isEmpty() ? 1 : choices.uniform(SHAPE);
        double upTo = 0;
        for (ShapeShare other : phase.also()) {
            upTo += other.share();
            if (drawn < upTo) {
                return other.shape();
            }
        }
        return phase.shape();
    }

    /** All slots of an update, in the order that ranks share well. */
    private List<Draw> packed(long update) {
        if (packedUpdate != update) {
            List<Draw> drawn = IntStream.range(0, stage.batch())
                    .mapToObj(slot -> drawn(update, slot))
                    .toList();
            packed = Arrays.stream(BalancedSlots.of(costs(drawn)))
                    .mapToObj(drawn::get)
                    .toList();
            packedUpdate = update;
        }
        return packed;
    }

    private double[] costs(List<Draw> draws) {
        return draws.stream()
                .mapToDouble(draw -> stage.batching().cost(draw.shape()).orElseThrow())
                .toArray();
    }

    private void requireCost(VideoShape shape) {
        if (!stage.batching().costs().isEmpty() && stage.batching().cost(shape).isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot pack batches of '%s': expected a cost of every shape, found none of %s. Measure all with 'mugv model costs'."
                            .formatted(stage.name(), shape.label()));
        }
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
