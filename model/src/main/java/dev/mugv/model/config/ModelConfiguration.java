package dev.mugv.model.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Size of the diffusion transformer before and after its width expansion (mugv.md, sections 3.1 and 5.4).
 *
 * @param weights a file of weights that training starts from, safetensors or {@code .pt}: of the proxy's size where the curriculum
 *     has stages of the proxy, else of the full one; without it, weights are drawn from the first stage's seed
 * @param proxyWidth width of the model that the curriculum starts with, a multiple of 72; absent where it has no stages of a proxy
 * @param fullWidth width of the final model, at least twice the proxy's and a multiple of it
 * @param layers blocks
 * @param expansionSnrDb ratio of the weights' to the noise's power that breaks the copies' symmetry
 * @param seed root of the expansion's noise
 */
public record ModelConfiguration(
        @MustExist(MustExist.Kind.FILE) Optional<Path> weights,
        Optional<Integer> proxyWidth,
        int fullWidth,
        int layers,
        @Default("20") double expansionSnrDb,
        @Default("1") long seed) {
    public ModelConfiguration {
        int head = DitSize.HEAD_WIDTH;
        int proxy = proxyWidth.orElse(head);
        new Faults()
                .require(
                        proxy >= head && proxy % head == 0,
                        "proxyWidth",
                        "expected a multiple of " + head + ", found " + proxy)
                .require(
                        fullWidth >= head && fullWidth % head == 0,
                        "fullWidth",
                        "expected a multiple of " + head + ", found " + fullWidth)
                .require(
                        proxyWidth.isEmpty() || (fullWidth >= 2L * proxy && fullWidth % Math.max(1, proxy) == 0),
                        "fullWidth",
                        "expected at least twice the proxy's " + proxy + " and a multiple of it, found " + fullWidth)
                .within(1, 256, layers, "layers")
                .within(0, 100, expansionSnrDb, "expansionSnrDb")
                .throwIfAny();
    }

    /** How many times wider the full model is than the proxy; 1 without one. */
    public int expansionFactor() {
        return fullWidth / proxyWidth.orElse(fullWidth);
    }
}
