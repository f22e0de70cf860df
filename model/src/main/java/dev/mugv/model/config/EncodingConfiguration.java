package dev.mugv.model.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Latents to train on: encoded from clips, or imported.
 *
 * @param clipsPerShard clips in one shard, which is one work order
 * @param imported a folder that {@code mugv data import} made; its samples are trained on instead of clips of videos
 */
public record EncodingConfiguration(
        @Default("16") int clipsPerShard,
        @MustExist(MustExist.Kind.FOLDER) Optional<Path> imported) {
    public EncodingConfiguration {
        new Faults().within(1, 100_000, clipsPerShard, "clipsPerShard").throwIfAny();
    }

    /** Latents that are encoded here. */
    public EncodingConfiguration(int clipsPerShard) {
        this(clipsPerShard, Optional.empty());
    }
}
