package dev.mugv.model.format;

import dev.mugv.model.config.VideoShape;
import java.util.List;
import java.util.Optional;

/**
 * Parameters of {@code EVALUATE_VAE}. Input: the VideoVAE.
 *
 * @param shapes at which clips are reconstructed; those of the first one are shown
 * @param perceptual network that measures a distance beside
 */
public record EvaluateVaeOrder(List<Shape> shapes, Optional<GivenNetwork> perceptual) {
    public EvaluateVaeOrder {
        shapes = List.copyOf(shapes);
        if (shapes.isEmpty()) {
            throw new IllegalArgumentException("expected a shape to reconstruct at, found none");
        }
    }

    /** One shape, without a perceptual network. */
    public EvaluateVaeOrder(VideoShape shape, List<ClipSource> clips) {
        this(List.of(new Shape(shape, clips)), Optional.empty());
    }

    /**
     * @param shape frames, size and rate
     * @param clips that are long enough and that the VideoVAE was not trained on
     */
    public record Shape(VideoShape shape, List<ClipSource> clips) {
        public Shape {
            clips = List.copyOf(clips);
            if (clips.isEmpty()) {
                throw new IllegalArgumentException("expected clips to reconstruct, found none");
            }
        }
    }
}
