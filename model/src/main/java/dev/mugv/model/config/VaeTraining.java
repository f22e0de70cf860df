package dev.mugv.model.config;

/**
 * Training of the VideoVAE (mugv.md, section 2.6).
 *
 * @param shape crops that are trained on
 * @param updates optimizer updates
 * @param batch crops an update
 * @param squaredWeight weight of the squared error
 * @param l1Weight weight of the absolute error
 * @param klWeight weight of the KL term
 * @param perceptualWeight weight of the distance by {@code vae.perceptual-network}
 * @param saliencyFrom first update in which the absolute error is weighted by how fast detail changes there; 0 for none
 * @param adversarial the discriminator
 * @param optimizer optimizer and schedule
 * @param checkpointEvery updates between checkpoints
 * @param seed root of crop order and noise
 */
public record VaeTraining(
        VideoShape shape,
        int updates,
        @Default("2") int batch,
        @Default("1") double squaredWeight,
        @Default("1") double l1Weight,
        @Default("1e-6") double klWeight,
        @Default("0") double perceptualWeight,
        @Default("0") int saliencyFrom,
        AdversarialTraining adversarial,
        OptimizerConfiguration optimizer,
        @Default("100") int checkpointEvery,
        @Default("1") long seed) {
    /** One with the core objective: squared and absolute error, and the KL term. */
    // Eight, as a training has so many properties.
    public VaeTraining(
            VideoShape shape,
            int updates,
            int batch,
            double l1Weight,
            double klWeight,
            OptimizerConfiguration optimizer,
            int checkpointEvery,
            long seed) {
        this(
                shape,
                updates,
                batch,
                1,
                l1Weight,
                klWeight,
                0,
                0,
                AdversarialTraining.NONE,
                optimizer,
                checkpointEvery,
                seed);
    }

    public VaeTraining {
        new Faults()
                .require(!shape.isImage(), "shape", "expected at least 8 frames, found 1")
                .atLeast(1, updates, "updates")
                .atLeast(1, batch, "batch")
                .atLeast(0, squaredWeight, "squaredWeight")
                .atLeast(0, l1Weight, "l1Weight")
                .atLeast(0, klWeight, "klWeight")
                .atLeast(0, perceptualWeight, "perceptualWeight")
                .within(0, updates, saliencyFrom, "saliencyFrom")
                .within(0, updates, adversarial.from(), "adversarial.from")
                .atLeast(1, checkpointEvery, "checkpointEvery")
                .throwIfAny();
    }

    /** Whether the absolute error of an update is weighted. */
    public boolean isSalient(long update) {
        return saliencyFrom > 0 && update >= saliencyFrom;
    }

    /** Whether the discriminator has a part in an update. */
    public boolean isAdversarial(long update) {
        return adversarial.isPlanned() && update >= adversarial.from();
    }
}
