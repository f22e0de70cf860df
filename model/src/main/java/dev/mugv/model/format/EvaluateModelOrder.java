package dev.mugv.model.format;

import java.util.List;

/**
 * Parameters of {@code EVALUATE_MODEL}, which stand beside its results: {@code order.json}. Inputs: the checkpoint (of {@code TRAIN_MODEL}, {@code EXPAND_WIDTH} or {@code
 * MERGE_CHECKPOINTS}), the VideoVAE and the latent shards that hold the grids' clips; the shards'
 * encoders must be those that the samples are made with.
 *
 * @param checkpoint what people call the checkpoint, for example {@code finetuned}
 * @param grids where the flow-matching loss is measured; may be empty
 * @param settings how samples are generated
 * @param items what is generated from, one sample each; may be empty
 */
public record EvaluateModelOrder(
        String checkpoint, List<ValidationGrid> grids, GenerationSettings settings, List<GenerationItem> items) {
    public static final String FILE_NAME = "order.json";

    public EvaluateModelOrder {
        grids = List.copyOf(grids);
        items = List.copyOf(items);
    }
}
