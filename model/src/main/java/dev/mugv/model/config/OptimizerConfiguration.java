package dev.mugv.model.config;

import java.util.Optional;

/**
 * AdamW with linear warm-up and cosine decay (mugv.md, section 5.3).
 *
 * @param learningRate after warm-up
 * @param minLearningRate at the last update
 * @param warmupUpdates updates of linear warm-up
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the second moment
 * @param weightDecay decoupled, on matrices only
 * @param clipNorm largest global gradient norm
 * @param spikes what is done about updates that stand out
 * @param baseWidth width of the model that the learning rate was found on; on a wider one, matrices whose inputs grew take less of it
 *     (muP); without one the rate is that of all parameters
 */
public record OptimizerConfiguration(
        @Default("1e-4") double learningRate,
        @Default("1e-5") double minLearningRate,
        @Default("100") int warmupUpdates,
        @Default("0.9") double beta1,
        @Default("0.999") double beta2,
        @Default("1e-10") double epsilon,
        @Default("0") double weightDecay,
        @Default("1") double clipNorm,
        SpikeRules spikes,
        Optional<Integer> baseWidth) {
    /** One that looks for no spikes. */
    // Eight, as the optimizer has so many numbers.
    public OptimizerConfiguration(
            double learningRate,
            double minLearningRate,
            int warmupUpdates,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            double clipNorm) {
        this(
                learningRate,
                minLearningRate,
                warmupUpdates,
                beta1,
                beta2,
                epsilon,
                weightDecay,
                clipNorm,
                SpikeRules.NONE);
    }

    /** One whose rate is that of all parameters. */
    // Nine, as the optimizer has so many numbers.
    public OptimizerConfiguration(
            double learningRate,
            double minLearningRate,
            int warmupUpdates,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            double clipNorm,
            SpikeRules spikes) {
        this(
                learningRate,
                minLearningRate,
                warmupUpdates,
                beta1,
                beta2,
                epsilon,
                weightDecay,
                clipNorm,
                spikes,
                Optional.empty());
    }

    /** The same with another warm-up. */
    OptimizerConfiguration warmedUpIn(int updates) {
        return new OptimizerConfiguration(
                learningRate,
                minLearningRate,
                updates,
                beta1,
                beta2,
                epsilon,
                weightDecay,
                clipNorm,
                spikes,
                baseWidth);
    }

    public OptimizerConfiguration {
        new Faults()
                .require(
                        learningRate > 0 && learningRate <= 1,
                        "learningRate",
                        "expected above 0 and up to 1, found " + learningRate)
                .within(0, Math.max(0, learningRate), minLearningRate, "minLearningRate")
                .atLeast(0, warmupUpdates, "warmupUpdates")
                .within(0, 0.9999999, beta1, "beta1")
                .within(0, 0.9999999, beta2, "beta2")
                .require(epsilon > 0, "epsilon", "expected above 0, found " + epsilon)
                .atLeast(0, weightDecay, "weightDecay")
                .require(
                        baseWidth.map(width -> width >= 1).orElse(true),
                        "baseWidth",
                        "expected at least 1, found " + baseWidth.orElse(0))
                .require(clipNorm > 0, "clipNorm", "expected above 0, found " + clipNorm)
                .throwIfAny();
    }
}
