package dev.mugv.model.dit;

import dev.mugv.model.config.DitSize;

/**
 * Multiplications and additions of the transformer's matrix products; what is not a product is left out, as is usual where
 * utilisation is stated. Inside the blocks this is the published counter's formula (mugv.md, section 6.2).
 */
public final class DitFlops {
    /** Of a backward pass: one product for the input's gradient, one for the weight's. */
    private static final int BACKWARD = 2;

    private static final int PATCH_VALUES = 4;

    private DitFlops() {}

    /**
     * Of one forward pass over one sample.
     *
     * @param tokens patches of the latent; start and end token are left out, as in the published formula
     * @param textTokens tokens of the caption
     */
    public static double forward(DitSize size, long tokens, long textTokens) {
        double d = size.width();
        double n = tokens;
        double c = textTokens;
        double block = 4 * n * d * d * ((1 + 1 + n / d) + (1 + c / n + c / d) + 4);
        double patches = 2 * n * d * PATCH_VALUES * (DitParameters.LATENT_CHANNELS + DitParameters.OUTPUT_CHANNELS);
        double text = 2 * c * d * (size.textWidth() + d);
        // Two embedders and the modulation, for the noisy and the clean variant.
        double scalars = 2 * (2 * 2 * d * (DitParameters.WAVES + d) + 2 * 6 * d * d);
        return size.layers() * block + patches + text + scalars;
    }

    /** Of an update over one sample: forward and backward, without recomputation. */
    public static double update(DitSize size, long tokens, long textTokens) {
        return (1 + BACKWARD) * forward(size, tokens, textTokens);
    }
}
