package dev.mugv.model.train;

import java.util.List;
import java.util.Map;

/**
 * What one update's batch was and cost.
 *
 * @param loss mean over the batch
 * @param sampleIds the samples, named when a number is not finite
 * @param tokens the model has seen, for tokens per second
 * @param flops floating-point operations, for FLOP per second
 * @param figures further figures for the metrics, by name in lower case with hyphens
 */
public record BatchMeasure(
        double loss, List<String> sampleIds, long tokens, double flops, Map<String, Double> figures) {
    public BatchMeasure {
        sampleIds = List.copyOf(sampleIds);
        figures = Map.copyOf(figures);
    }
}
