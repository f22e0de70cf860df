package dev.mugv.model.sampling;

import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.WeightedClip;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * The samples of one phase in epochs: every clip in every shape of the phase that it was encoded at, once an epoch. Epochs are counted
 * from the phase's first update.
 */
final class PhaseEpochs {
    private final List<Item> items;
    private final EpochOrder order;
    private final long updatesBefore;
    private final int batch;

    /** A clip in a shape. */
    record Item(String clipId, VideoShape shape) {}

    private PhaseEpochs(List<Item> items, EpochOrder order, long updatesBefore, int batch) {
        this.items = items;
        this.order = order;
        this.updatesBefore = updatesBefore;
        this.batch = batch;
    }

    /**
     * @param phase from 0
     * @param encoded whether a clip, by its id, can be shown at a shape, as an image too where the stage has such
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} if no clip can
     */
    static PhaseEpochs of(
            TrainingStage stage, int phase, List<WeightedClip> clips, BiPredicate<String, VideoShape> encoded) {
        List<Item> items = new ArrayList<>();
        for (WeightedClip clip : clips) {
            for (VideoShape shape : stage.phases().get(phase).shapes()) {
                if (encoded.test(clip.clipId(), shape)) {
                    items.add(new Item(clip.clipId(), shape));
                }
            }
        }
        if (items.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot train '%s' in epochs: expected clips of a weight above 0 with latents of a shape of phase %d, as images too where there are such, found none among %d clips. Encode latents with its shapes, or take the phase out."
                            .formatted(stage.name(), phase + 1, clips.size()));
        }
        double from = phase == 0 ? 0 : stage.phases().get(phase - 1).until();
        return new PhaseEpochs(
                List.copyOf(items),
                new EpochOrder(stage.seed() + phase, items.size()),
                (long) Math.floor(from * stage.updates()),
                stage.batch());
    }

    /** The sample at a slot, from 0, of an update of this phase, counted from the stage's first, which is 1. */
    Item item(long update, int slot) {
        return items.get((int) order.sample((update - 1 - updatesBefore) * batch + slot));
    }
}
