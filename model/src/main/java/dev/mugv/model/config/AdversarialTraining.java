package dev.mugv.model.config;

/**
 * The adversarial loss of the VideoVAE's last stage: a discriminator of patches, trained beside the VideoVAE by the hinge loss.
 *
 * @param from first update that it has a part in; 0 for none
 * @param weight of the adversarial loss; kept small, as too much of it shifts hues and sharpens too far
 * @param balance whether the weight is in proportion to the gradients
 * @param width channels of the first layer, a multiple of 8; each further layer has twice as many, at most 8 times
 * @param layers that halve the picture
 * @param optimizer of the discriminator; its schedule runs from {@code from} to the last update
 */
public record AdversarialTraining(
        @Default("0") int from,
        @Default("0.1") double weight,
        @Default("adaptive") Balance balance,
        @Default("64") int width,
        @Default("3") int layers,
        OptimizerConfiguration optimizer) {
    /** Without an adversarial loss. */
    public static final AdversarialTraining NONE = new AdversarialTraining(
            0, 0.1, Balance.ADAPTIVE, 64, 3, new OptimizerConfiguration(1e-4, 1e-5, 0, 0.9, 0.999, 1e-10, 0, 1));

    public AdversarialTraining {
        new Faults()
                .atLeast(0, from, "from")
                .atLeast(0, weight, "weight")
                .require(width >= 8 && width % 8 == 0, "width", "expected a multiple of 8, found " + width)
                .within(1, 6, layers, "layers")
                .throwIfAny();
    }

    /** Whether there is a discriminator. */
    public boolean isPlanned() {
        return from > 0;
    }

    /** How the weight is meant. */
    public enum Balance {
        /** As it stands. */
        FIXED,
        /**
         * Times the norm of the reconstruction loss's gradient over that of the adversarial loss's, both at the weights of the decoder's
         * last layer, at most 10,000: so neither of them drowns the other.
         */
        ADAPTIVE
    }
}
