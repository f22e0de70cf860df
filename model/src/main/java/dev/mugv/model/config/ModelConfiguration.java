package dev.mugv.model.config;

/**
 * Size of the diffusion transformer before and after its width expansion (mugv.md, sections 3.1 and 5.4).
 *
 * @param proxyWidth width of the model that the curriculum starts with, a multiple of 72
 * @param fullWidth width of the final model, a multiple of the proxy's
 * @param layers blocks
 * @param expansionSnrDb ratio of the weights' to the noise's power that breaks the copies' symmetry
 * @param seed root of the expansion's noise
 */
public record ModelConfiguration(
        int proxyWidth,
        int fullWidth,
        int layers,
        @Default("20") double expansionSnrDb,
        @Default("1") long seed) {
    public ModelConfiguration {
        int head = DitSize.HEAD_WIDTH;
        new Faults()
                .require(
                        proxyWidth >= head && proxyWidth % head == 0,
                        "proxyWidth",
                        "expected a multiple of " + head + ", found " + proxyWidth)
                .require(
                        fullWidth >= 2L * proxyWidth && fullWidth % Math.max(1, proxyWidth) == 0,
                        "fullWidth",
                        "expected at least twice the proxy's " + proxyWidth + " and a multiple of it, found "
                                + fullWidth)
                .within(1, 256, layers, "layers")
                .within(0, 100, expansionSnrDb, "expansionSnrDb")
                .throwIfAny();
    }

    /** How many times wider the full model is. */
    public int expansionFactor() {
        return fullWidth / proxyWidth;
    }
}
