package dev.mugv.model.format;

import java.util.List;

/**
 * How a merged model was made: {@code merge.json}.
 *
 * @param weights one a merged checkpoint, oldest first; they sum to 1
 */
public record CheckpointMerge(List<Weight> weights) {
    public static final String FILE_NAME = "merge.json";

    public CheckpointMerge {
        weights = List.copyOf(weights);
    }

    /**
     * @param update of the checkpoint
     * @param weight its share
     */
    public record Weight(int update, double weight) {}
}
