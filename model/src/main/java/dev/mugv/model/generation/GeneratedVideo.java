package dev.mugv.model.generation;

import ai.djl.ndarray.NDArray;
import dev.mugv.model.media.RgbFrame;
import java.util.List;

/**
 * A video that was made.
 *
 * @param latent_BCFHW normalised latents, B = 1, given ones among them
 * @param frames pictures to be watched, in order; given ones stand in their places as they were given
 */
public record GeneratedVideo(NDArray latent_BCFHW, List<RgbFrame> frames) {
    public GeneratedVideo {
        frames = List.copyOf(frames);
    }
}
