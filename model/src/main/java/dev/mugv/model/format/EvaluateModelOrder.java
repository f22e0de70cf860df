package dev.mugv.model.format;

import dev.mugv.model.config.SamplerConfiguration;
import dev.mugv.model.config.VideoShape;
import java.util.List;

/**
 * Parameters of {@code EVALUATE_MODEL}. Inputs: the checkpoint (of {@code TRAIN_MODEL}, {@code EXPAND_WIDTH} or {@code
 * MERGE_CHECKPOINTS}), the VideoVAE and the latent shards that hold the grids' clips.
 *
 * @param checkpoint what people call the checkpoint, for example {@code finetuned}
 * @param grids where the flow-matching loss is measured; may be empty
 * @param shape shape of the samples
 * @param sampler sampler; its seed is the root of the start noise, so that checkpoints evaluated with the same seed start
 *     from the same noise
 * @param items what is generated from, one sample each; may be empty
 */
public record EvaluateModelOrder(
        String checkpoint,
        List<ValidationGrid> grids,
        VideoShape shape,
        SamplerConfiguration sampler,
        List<GenerationItem> items) {
    public EvaluateModelOrder {
        grids = List.copyOf(grids);
        items = List.copyOf(items);
        if (shape.latentFrames() < 2) {
            throw new IllegalArgumentException("expected at least 16 frames, found " + shape.frames());
        }
    }
}
