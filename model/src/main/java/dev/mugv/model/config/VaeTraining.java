package dev.mugv.model.config;

/**
 * Training of the VideoVAE (mugv.md, section 2.6).
 *
 * @param shape crops that are trained on
 * @param updates optimizer updates
 * @param batch crops an update
 * @param l1Weight weight of the absolute error beside the squared one
 * @param klWeight weight of the KL term
 * @param optimizer optimizer and schedule
 * @param checkpointEvery updates between checkpoints
 * @param seed root of crop order and noise
 */
public record VaeTraining(
        VideoShape shape,
        int updates,
        @Default("2") int batch,
        @Default("1") double l1Weight,
        @Default("1e-6") double klWeight,
        OptimizerConfiguration optimizer,
        @Default("100") int checkpointEvery,
        @Default("1") long seed) {
    public VaeTraining {
        new Faults()
                .require(!shape.isImage(), "shape", "expected at least 8 frames, found 1")
                .atLeast(1, updates, "updates")
                .atLeast(1, batch, "batch")
                .atLeast(0, l1Weight, "l1Weight")
                .atLeast(0, klWeight, "klWeight")
                .atLeast(1, checkpointEvery, "checkpointEvery")
                .throwIfAny();
    }
}
