package dev.mugv.model.config;

import java.util.List;
import java.util.Optional;

/**
 * A search of hyper-parameters: short trainings of the proxy's first stage, all from the same weights and on the same batches, of which the
 * first has the values that the stage states.
 *
 * @param trials how many, that of the stated values included
 * @param updates of each; schedules are those of the stage, shortened
 * @param seed of the values tried
 * @param learningRate where the learning rate is looked for; the stated one stays where there is none, as with the others
 * @param beta2 where the second moment's decay is looked for
 * @param weightDecay where the weight decay is looked for
 * @param confidence with which a trial must be better than the stated values to be taken in their stead, over all that are compared
 * @param carriedTo stages of the full model that take what was found, whatever they state; others keep what they state
 */
public record ProxySearch(
        @Default("8") int trials,
        int updates,
        @Default("1") long seed,
        Optional<SearchRange> learningRate,
        Optional<SearchRange> beta2,
        Optional<SearchRange> weightDecay,
        @Default("0.95") double confidence,
        @Default("[]") List<String> carriedTo) {
    public ProxySearch {
        carriedTo = List.copyOf(carriedTo);
        new Faults()
                .within(2, 10_000, trials, "trials")
                .atLeast(1, updates, "updates")
                .within(0.5, 0.9999, confidence, "confidence")
                .require(
                        learningRate.isPresent() || beta2.isPresent() || weightDecay.isPresent(),
                        "learningRate",
                        "expected a range to look in for at least one of learning-rate, beta2 and weight-decay, found none")
                .require(
                        learningRate
                                .map(range -> range.from() > 0 && range.to() <= 1)
                                .orElse(true),
                        "learningRate",
                        "expected a range above 0 and up to 1, found " + learningRate)
                .require(
                        beta2.map(range -> range.from() >= 0 && range.to() <= 0.9999999)
                                .orElse(true),
                        "beta2",
                        "expected a range from 0 and below 1, found " + beta2)
                .require(
                        weightDecay.map(range -> range.from() >= 0).orElse(true),
                        "weightDecay",
                        "expected a range from 0, found " + weightDecay)
                .throwIfAny();
    }

    /** The stage that a trial trains: that of the proxy, shortened with its warm-up, and validated before and after. */
    public TrainingStage trial(TrainingStage stage, HyperParameters values) {
        OptimizerConfiguration own = values.on(stage.optimizer());
        long warmup = Math.round((double) own.warmupUpdates() * updates / stage.updates());
        return stage.trial(updates, own.warmedUpIn((int) warmup));
    }
}
