package dev.mugv.model.generation;

import ai.djl.ndarray.NDArray;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.dit.DitCondition;
import dev.mugv.model.media.RgbFrame;
import java.util.List;

/**
 * A video to be made.
 *
 * @param name for messages
 * @param shape of the video; at least two latent frames, so that something is left to make when one is given
 * @param given pictures and clips that are given, anywhere in the video and apart from each other
 * @param prompt the two texts
 * @param noise stream of the start noise: the same stream starts every model from the same noise
 * @param frameIndices places in time, see {@link DitCondition}
 */
// Six values of one question; none of them belongs with another one.
public record GenerationRequest(
        String name,
        VideoShape shape,
        List<GivenFrames> given,
        PromptFeatures prompt,
        CounterNoise noise,
        List<Integer> frameIndices) {
    public GenerationRequest {
        given = List.copyOf(given);
        frameIndices = List.copyOf(frameIndices);
        int latents = shape.latentFrames();
        if (latents < 2) {
            throw new IllegalArgumentException("expected at least 16 frames, found " + shape.frames());
        }
        if (frameIndices.size() != latents + 2) {
            throw new IllegalArgumentException(
                    "expected %d frame indices, found %d".formatted(latents + 2, frameIndices.size()));
        }
        requireRoom(given, latents);
        given.forEach(some -> some.frames().forEach(frame -> requireSize(frame, shape)));
    }

    /**
     * The two texts.
     *
     * @param text_SD features of the prompt, without padding
     * @param negative_SD features of the negative prompt
     */
    public record PromptFeatures(NDArray text_SD, NDArray negative_SD) {}

    /** A video of its own, not part of a longer one. */
    public GenerationRequest(
            String name, VideoShape shape, List<GivenFrames> given, PromptFeatures prompt, CounterNoise noise) {
        this(name, shape, given, prompt, noise, DitCondition.consecutive(shape.latentFrames()));
    }

    /** Frames of the finished video. */
    public int frames() {
        int latents = shape.latentFrames();
        int frames = 0;
        for (GivenFrames some : given) {
            latents -= some.latents();
            frames += some.frames().size();
        }
        return frames + GivenFrames.FRAMES_PER_LATENT * latents;
    }

    private static void requireRoom(List<GivenFrames> given, int latents) {
        boolean[] taken = new boolean[latents];
        int left = latents;
        for (GivenFrames some : given) {
            for (int f = some.latentFrame(); f < some.latentFrame() + some.latents(); f++) {
                if (f < 0 || f >= latents || taken[f]) {
                    throw new IllegalArgumentException(
                            "latent frame %d is given twice or lies outside of %d".formatted(f, latents));
                }
                taken[f] = true;
                left--;
            }
        }
        if (left == 0) {
            throw new IllegalArgumentException("all of the %d latent frames are given".formatted(latents));
        }
    }

    private static void requireSize(RgbFrame frame, VideoShape shape) {
        if (frame.width() != shape.width() || frame.height() != shape.height()) {
            throw new IllegalArgumentException("expected given frames of %dx%d, found %dx%d"
                    .formatted(shape.width(), shape.height(), frame.width(), frame.height()));
        }
    }
}
