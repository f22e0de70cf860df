package dev.mugv.model.format;

import java.util.List;

/**
 * Parameters of {@code GENERATE_PREFERENCES}. Inputs: the checkpoint (of {@code TRAIN_MODEL}, {@code EXPAND_WIDTH} or
 * {@code MERGE_CHECKPOINTS}), the VideoVAE and the latent shards that alignment will train with, whose
 * encoders must be those that the samples are made with.
 *
 * @param settings how the samples are generated; sample {@code k} of an item starts from the sampler's seed plus {@code k}
 * @param samplesPerItem how many samples are made from one conditioning, at least 2 so that there are pairs
 * @param items what is generated from; named by the clips whose captions they are, because alignment trains on the samples
 *     with those clips' features
 */
public record GeneratePreferencesOrder(GenerationSettings settings, int samplesPerItem, List<GenerationItem> items) {
    public GeneratePreferencesOrder {
        items = List.copyOf(items);
        if (samplesPerItem < 2 || items.isEmpty()) {
            throw new IllegalArgumentException("expected items and at least 2 samples an item, found %d and %d"
                    .formatted(items.size(), samplesPerItem));
        }
    }
}
