package dev.mugv.model.format;

import dev.mugv.model.statistics.PairedDifference;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a merged model was made, and chosen: {@code merge.json}.
 *
 * @param chosen name of what was published
 * @param weights of the files that it is a sum of, oldest first; they sum to 1
 * @param candidates that were tried, in the order of the order; empty where nothing was to be tried
 * @param comparison with the next best; empty where fewer than two were tried
 * @param reason why this one
 */
public record CheckpointMerge(
        String chosen,
        List<Weight> weights,
        List<Candidate> candidates,
        Optional<Comparison> comparison,
        String reason) {
    public static final String FILE_NAME = "merge.json";

    public CheckpointMerge {
        weights = List.copyOf(weights);
        candidates = List.copyOf(candidates);
    }

    /**
     * @param update of the checkpoint
     * @param file path relative to the training's artifact
     * @param weight its share
     */
    public record Weight(int update, String file, double weight) {}

    /**
     * Weights that were tried.
     *
     * @param name short and unique
     * @param description what they are
     * @param validationLoss mean over the fixed grid
     * @param clipLosses means of each clip of the grid
     * @param error of an average that was put together: distance of its profile to the one asked for, relative to that one's size
     */
    public record Candidate(
            String name,
            String description,
            double validationLoss,
            SortedMap<String, Double> clipLosses,
            Optional<Double> error) {
        public Candidate {
            clipLosses = Collections.unmodifiableSortedMap(new TreeMap<>(clipLosses));
        }
    }

    /**
     * What was chosen against the next best, clip by clip.
     *
     * @param runnerUp name of the next best
     * @param difference of the runner-up's mean loss to that of what was chosen
     * @param chance probability of such a difference if there was none, see {@link PairedDifference}
     * @param clips in the grid
     * @param verdict whether more than chance may be claimed
     */
    public record Comparison(
            String runnerUp, double difference, double chance, int clips, PairedDifference.Verdict verdict) {
        /** What may be said, for people. */
        public String words() {
            return switch (verdict) {
                case REAL ->
                    "the difference is real (probability %.2g by chance, over %d clips)".formatted(chance, clips);
                case MAY_BE_CHANCE ->
                    "undecided between the two (such a difference has probability %.2g by chance, over %d clips)"
                            .formatted(chance, clips);
                case TOO_FEW ->
                    "undecided between the two (%d clips are too few for any claim, %d are the fewest)"
                            .formatted(clips, PairedDifference.FEWEST);
            };
        }
    }
}
