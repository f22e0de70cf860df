package dev.mugv.model.format;

import dev.mugv.model.config.SamplerConfiguration;
import dev.mugv.model.config.TextConfiguration;
import dev.mugv.model.config.VideoShape;

/**
 * How videos are generated.
 *
 * @param shape of the videos; at least two latent frames, so that something is left to make when the first one is given
 * @param sampler sampler; its seed is the root of the start noise, so that models started with the same seed start from
 *     the same noise
 * @param text encoder of prompts and negative prompt
 * @param textEncoderSha256 identity of the encoder that encoded the captions of the latents: its content, not its folder,
 *     decides the result
 */
public record GenerationSettings(
        VideoShape shape, SamplerConfiguration sampler, TextConfiguration text, String textEncoderSha256) {
    public GenerationSettings {
        if (shape.latentFrames() < 2) {
            throw new IllegalArgumentException("expected at least 16 frames, found " + shape.frames());
        }
    }
}
