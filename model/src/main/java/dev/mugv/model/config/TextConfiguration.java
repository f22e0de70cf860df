package dev.mugv.model.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Text encoder: T5 v1.1 from a folder, or a tiny seeded T5 over bytes without one.
 *
 * @param folder T5 weights and {@code tokenizer.json}
 * @param width width of the encoder's output; that of the weights, where a folder is given
 * @param maxTokens longest caption
 * @param seed root of the tiny encoder's weights
 * @param precision how a folder's weights are held: of T5-v1.1-XXL, bf16 takes 10 GB and fp32 19
 */
public record TextConfiguration(
        @MustExist(MustExist.Kind.FOLDER) Optional<Path> folder,
        @Default("64") int width,
        @Default("96") int maxTokens,
        @Default("1") long seed,
        @Default("bf16") WeightPrecision precision) {
    /** Longest caption that the published model was trained with. */
    public static final int PUBLISHED_TOKENS = 300;

    public TextConfiguration {
        new Faults()
                .within(8, 16384, width, "width")
                .within(1, PUBLISHED_TOKENS, maxTokens, "maxTokens")
                .throwIfAny();
    }

    /** A tiny seeded encoder, which has no file to be held in bf16. */
    public TextConfiguration(Optional<Path> folder, int width, int maxTokens, long seed) {
        this(folder, width, maxTokens, seed, WeightPrecision.BF16);
    }
}
