package dev.mugv.model.format;

import dev.mugv.model.config.SamplerConfiguration;
import dev.mugv.model.config.VideoShape;
import java.util.List;

/**
 * Parameters of {@code GENERATE_PREFERENCES}. Inputs: the checkpoint (of {@code TRAIN_MODEL}, {@code EXPAND_WIDTH} or
 * {@code MERGE_CHECKPOINTS}) and the VideoVAE.
 *
 * @param shape shape of the samples
 * @param sampler sampler; its seed is the root of the start noise
 * @param samplesPerItem how many samples are made from one conditioning, at least 2 so that there are pairs
 * @param items what is generated from; named by the clips whose captions they are, because alignment trains on the samples
 *     with those clips' features
 */
public record GeneratePreferencesOrder(
        VideoShape shape, SamplerConfiguration sampler, int samplesPerItem, List<GenerationItem> items) {
    public GeneratePreferencesOrder {
        items = List.copyOf(items);
        if (samplesPerItem < 2 || items.isEmpty() || shape.latentFrames() < 2) {
            throw new IllegalArgumentException(
                    "expected items, at least 2 samples an item and at least 16 frames, found %d, %d and %d"
                            .formatted(items.size(), samplesPerItem, shape.frames()));
        }
    }
}
