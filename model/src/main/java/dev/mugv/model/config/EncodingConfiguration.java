package dev.mugv.model.config;

/**
 * Encoding of clips into latents.
 *
 * @param clipsPerShard clips in one shard, which is one work order
 */
public record EncodingConfiguration(@Default("16") int clipsPerShard) {
    public EncodingConfiguration {
        new Faults().within(1, 100_000, clipsPerShard, "clipsPerShard").throwIfAny();
    }
}
