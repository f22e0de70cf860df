package dev.mugv.model.format;

import java.util.List;

/**
 * How a merged model was made: {@code merge.json}.
 *
 * @param weights one a merged checkpoint, oldest first; they sum to 1
 * @param candidates decays that were tried, rising; empty where the decay was given
 * @param reason why these weights
 */
public record CheckpointMerge(List<Weight> weights, List<Candidate> candidates, String reason) {
    public static final String FILE_NAME = "merge.json";

    public CheckpointMerge {
        weights = List.copyOf(weights);
        candidates = List.copyOf(candidates);
    }

    /**
     * @param update of the checkpoint
     * @param weight its share
     */
    public record Weight(int update, double weight) {}

    /**
     * @param decay of the weights from a checkpoint to the one before
     * @param validationLoss of the mean with these weights, on the fixed grid
     */
    public record Candidate(double decay, double validationLoss) {}
}
