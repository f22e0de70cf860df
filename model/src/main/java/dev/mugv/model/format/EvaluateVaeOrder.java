package dev.mugv.model.format;

import dev.mugv.model.config.VideoShape;
import java.util.List;

/**
 * Parameters of {@code EVALUATE_VAE}. Input: the VideoVAE.
 *
 * @param shape shape at which the clips are reconstructed
 * @param clips clips that it was not trained on
 */
public record EvaluateVaeOrder(VideoShape shape, List<ClipSource> clips) {
    public EvaluateVaeOrder {
        clips = List.copyOf(clips);
        if (clips.isEmpty()) {
            throw new IllegalArgumentException("expected clips to reconstruct, found none");
        }
    }
}
