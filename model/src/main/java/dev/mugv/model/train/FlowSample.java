package dev.mugv.model.train;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.dit.DitCondition;
import java.nio.FloatBuffer;
import java.util.Set;

/**
 * One latent at one noise level, as the model is shown it.
 *
 * @param id of the clip or the generated sample
 * @param shape of the video
 * @param latent_CFHW normalised latent, row-major
 * @param caption what is shown of the caption
 * @param timestep in [0, 1], shifted
 * @param cleanFrames latent frames given without noise and left out of the loss
 * @param noise stream of the latent's noise
 */
record FlowSample(
        String id,
        VideoShape shape,
        FloatBuffer latent_CFHW,
        ShownCaption caption,
        double timestep,
        Set<Integer> cleanFrames,
        CounterNoise noise) {
    FlowSample {
        cleanFrames = Set.copyOf(cleanFrames);
    }

    DitCondition condition(int textTokens) {
        return new DitCondition(
                timestep * DitCondition.PURE_NOISE,
                shape.fps(),
                cleanFrames,
                DitCondition.consecutive(shape.latentFrames()),
                textTokens);
    }
}
