package dev.mugv.model.generation;

import ai.djl.ndarray.NDArray;
import dev.mugv.model.media.RgbFrame;
import java.util.List;

/**
 * A video that was made.
 *
 * @param latent_BCFHW normalised latents, B = 1, a given first one among them
 * @param frames pictures to be watched, in order; a given first frame stands before them as it was given
 * @param generated how many of {@code frames}, at the end, were made by the model
 */
public record GeneratedVideo(NDArray latent_BCFHW, List<RgbFrame> frames, int generated) {
    public GeneratedVideo {
        frames = List.copyOf(frames);
    }

    /** The pictures that the model made. */
    public List<RgbFrame> generatedFrames() {
        return frames.subList(frames.size() - generated, frames.size());
    }
}
