package dev.mugv.model.generation;

import ai.djl.ndarray.NDArray;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.media.RgbFrame;
import java.util.Optional;

/**
 * A video to be made.
 *
 * @param name for messages
 * @param shape of the video; at least two latent frames, so that something is left to make when the first one is given
 * @param firstFrame a picture of the shape's size that is given as the first latent frame
 * @param text_SD features of the prompt, without padding
 * @param negative_SD features of the negative prompt
 * @param noise stream of the start noise: the same stream starts every model from the same noise
 */
public record GenerationRequest(
        String name,
        VideoShape shape,
        Optional<RgbFrame> firstFrame,
        NDArray text_SD,
        NDArray negative_SD,
        CounterNoise noise) {
    public GenerationRequest {
        if (shape.latentFrames() < 2) {
            throw new IllegalArgumentException("expected at least 16 frames, found " + shape.frames());
        }
        firstFrame.ifPresent(frame -> {
            if (frame.width() != shape.width() || frame.height() != shape.height()) {
                throw new IllegalArgumentException("expected a first frame of %dx%d, found %dx%d"
                        .formatted(shape.width(), shape.height(), frame.width(), frame.height()));
            }
        });
    }
}
