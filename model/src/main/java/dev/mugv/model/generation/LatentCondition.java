package dev.mugv.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.vae.FrameTensors;
import dev.mugv.model.vae.VideoVae;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Given frames as the sampler takes them.
 *
 * @param latent_BCFHW normalised latents of the given frames in their places, zeros elsewhere; B = 1
 * @param cleanFrames latent frames that are given
 */
public record LatentCondition(NDArray latent_BCFHW, Set<Integer> cleanFrames) {
    public LatentCondition {
        cleanFrames = Set.copyOf(cleanFrames);
    }

    /** Encodes given frames, to the posterior's mean; the latents live in the scope. */
    public static LatentCondition of(List<GivenFrames> given, VideoShape shape, VideoVae vae, NDManager scope) {
        NDArray latent_BCFHW = scope.zeros(
                new Shape(1, VaeSize.LATENT_CHANNELS, shape.latentFrames(), shape.latentHeight(), shape.latentWidth()));
        Set<Integer> clean = new HashSet<>();
        for (GivenFrames some : given) {
            try (NDManager local = scope.newSubManager()) {
                // A single picture is repeated by the VideoVAE's own rule: it stands still for eight frames.
                NDArray encoded_BCFHW = vae.encodeMean(local, FrameTensors.source(some.frames()));
                int end = some.latentFrame() + some.latents();
                latent_BCFHW.set(new NDIndex(":,:,{}:{}", some.latentFrame(), end), encoded_BCFHW);
                for (int f = some.latentFrame(); f < end; f++) {
                    clean.add(f);
                }
            }
        }
        return new LatentCondition(latent_BCFHW, clean);
    }
}
