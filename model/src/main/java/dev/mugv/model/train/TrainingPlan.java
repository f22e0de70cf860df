package dev.mugv.model.train;

import dev.mugv.model.checkpoint.Retention;
import dev.mugv.model.config.OptimizerConfiguration;
import java.util.Map;

/**
 * How long and with which optimizer a training runs, and what its checkpoints record.
 *
 * @param stage name of the stage, for messages and the summary
 * @param updates optimizer updates in all
 * @param samplesPerUpdate size of the batch
 * @param optimizer optimizer and schedule
 * @param retention cadence of checkpoints, and how many are kept
 * @param seeds every seed by purpose
 * @param codeVersion of the task
 * @param environment threads and library versions, which decide the last bits
 */
public record TrainingPlan(
        String stage,
        int updates,
        int samplesPerUpdate,
        OptimizerConfiguration optimizer,
        Retention retention,
        Map<String, Long> seeds,
        String codeVersion,
        Map<String, String> environment) {
    public TrainingPlan {
        seeds = Map.copyOf(seeds);
        environment = Map.copyOf(environment);
    }
}
