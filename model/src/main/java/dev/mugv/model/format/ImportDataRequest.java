package dev.mugv.model.format;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code mugv data import} asks. Nine components: each is an option of the command.
 *
 * @param data folder of the published trainer's format with its {@code train.csv}, or such a file itself
 * @param to folder of shards to be made; nothing is there yet
 * @param vae folder of the VideoVAE that encoded the latents; its normalisation is used, and the shards carry its hash.
 *     Without it the published constants are used
 * @param textEncoder Hugging Face folder of the T5 that encoded the captions; the shards carry its identity
 * @param captions CSV file {@code sample_id,text} of what was encoded
 * @param fps frames a second of all videos, which the format does not say
 * @param shardSamples most samples of one shard
 * @param normalisation what the latents are
 * @param badSamples what becomes of samples that cannot be used
 */
public record ImportDataRequest(
        Path data,
        Path to,
        Optional<Path> vae,
        Optional<Path> textEncoder,
        Optional<Path> captions,
        double fps,
        int shardSamples,
        Normalisation normalisation,
        BadSamples badSamples) {
    /** What says whether a latent is normalised. */
    public enum Normalisation {
        /** The mark of each sample ({@code source}), refused where its numbers tell otherwise. */
        CHECKED_MARKS,
        /** The mark of each sample, whatever its numbers look like. */
        TRUSTED_MARKS,
        /** All are normalised already. */
        NORMALISED,
        /** None is normalised yet. */
        NOT_NORMALISED
    }

    /** What becomes of samples that cannot be used. */
    public enum BadSamples {
        REFUSE,
        LEAVE_OUT
    }
}
