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
 */
public record TextConfiguration(
        @MustExist(MustExist.Kind.FOLDER) Optional<Path> folder,
        @Default("64") int width,
        @Default("96") int maxTokens,
        @Default("1") long seed) {
    public TextConfiguration {
        new Faults()
                .within(8, 16384, width, "width")
                .within(1, 300, maxTokens, "maxTokens")
                .throwIfAny();
    }
}
