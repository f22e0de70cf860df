package dev.mugv.model.config;

/**
 * One preference stage (mugv.md, section 5.6).
 *
 * @param name in lower case with hyphens, unique
 * @param loss which labels and which loss
 * @param updates optimizer updates
 * @param batch pairs (DPO) or clips (KTO) an update
 * @param beta strength of the tie to the reference model
 * @param sftWeight weight of the flow-matching loss kept as regulariser
 * @param optimizer optimizer and schedule
 * @param checkpointEvery updates between checkpoints
 * @param seed root of sample order and noise
 * @param precision what the model computes in
 * @param tuning what of it is trained
 */
public record PreferenceTraining(
        String name,
        Loss loss,
        int updates,
        @Default("2") int batch,
        double beta,
        @Default("0.1") double sftWeight,
        OptimizerConfiguration optimizer,
        @Default("100") int checkpointEvery,
        @Default("1") long seed,
        @Default("fp32") ComputePrecision precision,
        Tuning tuning) {
    /** One that trains all of the model. */
    // Ten, as a stage has so many properties.
    public PreferenceTraining(
            String name,
            Loss loss,
            int updates,
            int batch,
            double beta,
            double sftWeight,
            OptimizerConfiguration optimizer,
            int checkpointEvery,
            long seed,
            ComputePrecision precision) {
        this(name, loss, updates, batch, beta, sftWeight, optimizer, checkpointEvery, seed, precision, Tuning.WHOLE);
    }

    public PreferenceTraining {
        new Faults()
                .require(
                        name.matches("[a-z][a-z0-9-]*"),
                        "name",
                        "expected lower-case letters, digits and hyphens, found '" + name + "'")
                .atLeast(1, updates, "updates")
                .atLeast(loss == Loss.KTO ? 2 : 1, batch, "batch")
                .require(beta > 0 && Double.isFinite(beta), "beta", "expected above 0, found " + beta)
                .atLeast(0, sftWeight, "sftWeight")
                .atLeast(1, checkpointEvery, "checkpointEvery")
                .throwIfAny();
    }

    /** Kind of label and loss. */
    public enum Loss {
        /** Pairs of preferred and not preferred. */
        DPO,
        /** Pass or fail of single clips. */
        KTO
    }
}
