package dev.mugv.model.config;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Optional;

/**
 * What a search on the proxy looks for.
 *
 * @param learningRate after warm-up
 * @param beta2 decay of the second moment
 * @param weightDecay decoupled, on matrices
 */
public record HyperParameters(double learningRate, double beta2, double weightDecay) {
    /** Those that an optimizer has. */
    public static HyperParameters of(OptimizerConfiguration optimizer) {
        return new HyperParameters(optimizer.learningRate(), optimizer.beta2(), optimizer.weightDecay());
    }

    /** To four digits, so that a person can state what was found. */
    public HyperParameters rounded() {
        return new HyperParameters(rounded(learningRate), rest(beta2), rounded(weightDecay));
    }

    private static double rest(double decay) {
        return BigDecimal.ONE
                .subtract(new BigDecimal(1 - decay).round(new MathContext(4)))
                .doubleValue();
    }

    private static double rounded(double value) {
        return new BigDecimal(value).round(new MathContext(4)).doubleValue();
    }

    /** An optimizer with these, on a model of the width that they were found on; the least rate keeps its ratio to the learning rate. */
    public OptimizerConfiguration on(OptimizerConfiguration own) {
        return on(own, own.baseWidth());
    }

    /**
     * An optimizer with these on a wider model.
     *
     * @param foundOn width of the model that they were found on
     */
    public OptimizerConfiguration on(OptimizerConfiguration own, Optional<Integer> foundOn) {
        return new OptimizerConfiguration(
                learningRate,
                own.minLearningRate() / own.learningRate() * learningRate,
                own.warmupUpdates(),
                own.beta1(),
                beta2,
                own.epsilon(),
                weightDecay,
                own.clipNorm(),
                own.spikes(),
                foundOn);
    }
}
