package dev.mugv.model.train;

import dev.mugv.model.config.OptimizerConfiguration;

/**
 * Linear warm-up, then cosine decay to the least rate at the last update (mugv.md, section 5.3).
 *
 * @param configuration rates and warm-up
 * @param updates in all
 */
public record LearningRateSchedule(OptimizerConfiguration configuration, int updates) {
    /**
     * @param update from 1
     */
    public double at(long update) {
        int warmup = configuration.warmupUpdates();
        if (update <= warmup) {
            return configuration.learningRate() * update / warmup;
        }
        double share = (double) (update - warmup) / Math.max(1, updates - warmup);
        double height = configuration.learningRate() - configuration.minLearningRate();
        return configuration.minLearningRate() + height * 0.5 * (1 + StrictMath.cos(Math.PI * Math.min(1, share)));
    }
}
