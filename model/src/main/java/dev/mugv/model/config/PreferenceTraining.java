package dev.mugv.model.config;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One preference stage (mugv.md, section 5.6).
 *
 * @param name in lower case with hyphens, unique
 * @param loss which labels and which loss
 * @param updates optimizer updates
 * @param batch pairs (DPO, RDPO) or clips (KTO) an update
 * @param beta strength of the tie to the reference model
 * @param sftWeight weight of the flow-matching loss kept as regulariser
 * @param optimizer optimizer and schedule
 * @param checkpointEvery updates between checkpoints
 * @param seed root of sample order and noise
 * @param precision what the model computes in
 * @param tuning what of it is trained
 * @param interleaved further losses whose batches come between, each batch of one loss: every update draws one of {@code loss} and
 *     these, so that a loss named twice has twice the updates
 * @param ema averages of the weights that are kept beside them
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
        Tuning tuning,
        @Default("[]") List<Loss> interleaved,
        Optional<WeightAveraging> ema) {
    /** One that trains all of the model by one loss. */
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
        this(
                name,
                loss,
                updates,
                batch,
                beta,
                sftWeight,
                optimizer,
                checkpointEvery,
                seed,
                precision,
                Tuning.WHOLE,
                List.of(),
                Optional.empty());
    }

    public PreferenceTraining {
        interleaved = List.copyOf(interleaved);
        boolean hasKto = loss == Loss.KTO || interleaved.contains(Loss.KTO);
        new Faults()
                .require(
                        name.matches("[a-z][a-z0-9-]*"),
                        "name",
                        "expected lower-case letters, digits and hyphens, found '" + name + "'")
                .atLeast(1, updates, "updates")
                .atLeast(hasKto ? 2 : 1, batch, "batch")
                .require(beta > 0 && Double.isFinite(beta), "beta", "expected above 0, found " + beta)
                .atLeast(0, sftWeight, "sftWeight")
                .atLeast(1, checkpointEvery, "checkpointEvery")
                .require(
                        ema.isEmpty() || ema.get().isInStepWith(updates, checkpointEvery),
                        "ema",
                        "expected 'every' to divide 'updates' and 'checkpoint-every', found "
                                + ema.map(WeightAveraging::every).orElse(0))
                .throwIfAny();
    }

    /** All losses, as often as they are named. */
    public List<Loss> losses() {
        return Stream.concat(Stream.of(loss), interleaved.stream()).toList();
    }

    /** Whether pairs are made by reverse sampling. */
    public boolean reverses() {
        return losses().contains(Loss.RDPO);
    }

    /** Whether labels are read. */
    public boolean isLabelled() {
        return losses().stream().anyMatch(each -> each != Loss.RDPO);
    }

    /** Kind of label and loss. */
    public enum Loss {
        /** Pairs of preferred and not preferred. */
        DPO,
        /** Pass or fail of single clips. */
        KTO,
        /** Pairs of a real clip and what the present model makes of it by reverse sampling; no labels. */
        RDPO;

        /** Whether a batch is of winners and losers. */
        public boolean isPairwise() {
            return this != KTO;
        }
    }
}
