package dev.mugv.model.generation;

import dev.mugv.model.media.RgbFrame;
import java.util.List;

/**
 * Frames that are given instead of made: their latents stay clean while the others are sampled, and they themselves are shown
 * in the result, not what the VideoVAE makes of them.
 */
public sealed interface GivenFrames {
    /** First latent frame that is given, from 0. */
    int latentFrame();

    /** Latent frames that are given. */
    int latents();

    /** Pictures that are shown. */
    List<RgbFrame> frames();

    /**
     * A picture that stands still for the eight frames of a latent, and is shown once (mugv.md, section 7.1).
     *
     * @param picture of the video's size
     */
    record Still(int latentFrame, RgbFrame picture) implements GivenFrames {
        @Override
        public int latents() {
            return 1;
        }

        @Override
        public List<RgbFrame> frames() {
            return List.of(picture);
        }
    }

    /**
     * Moving pictures, eight for each latent.
     *
     * @param frames of the video's size and rate; a multiple of eight
     */
    record Moving(int latentFrame, List<RgbFrame> frames) implements GivenFrames {
        public Moving {
            frames = List.copyOf(frames);
            if (frames.isEmpty() || frames.size() % FRAMES_PER_LATENT != 0) {
                throw new IllegalArgumentException("expected a multiple of 8 frames, found " + frames.size());
            }
        }

        @Override
        public int latents() {
            return frames.size() / FRAMES_PER_LATENT;
        }
    }

    /** Frames that one latent stands for. */
    int FRAMES_PER_LATENT = 8;
}
