package dev.mugv.model.format;

import dev.mugv.model.averaging.PowerProfile;
import java.util.List;
import java.util.Optional;

/**
 * Parameters of {@code MERGE_CHECKPOINTS}; the order's first input is a {@code TRAIN_MODEL} artifact with kept checkpoints, the others
 * are the latent shards of an exploration's grid. Checkpoint k gets a weight proportional to {@code decay^age}, the newest having age 0
 * (mugv.md, section 5.5).
 *
 * @param decay above 0 and up to 1; 1 is the plain mean
 * @param newest how many of the newest checkpoints are merged, or all when there are fewer
 * @param exploration what is to be tried beside: the last weights, other decays, all averages that the training kept, and other lengths of
 *     them; without one the decay is taken as it is
 */
public record MergeCheckpointsOrder(double decay, int newest, Optional<Exploration> exploration) {
    /** One whose decay is taken as it is. */
    public MergeCheckpointsOrder(double decay, int newest) {
        this(decay, newest, Optional.empty());
    }

    public MergeCheckpointsOrder {
        if (!isDecay(decay) || newest < 1) {
            throw new IllegalArgumentException(
                    "expected a decay above 0 and up to 1 and at least 1 checkpoint, found %s and %d"
                            .formatted(decay, newest));
        }
    }

    /**
     * @param decays each above 0 and up to 1
     * @param lengths of power-function averages that are put together from snapshots of two others, relative to the stage's
     * @param grid where the validation loss of each is measured
     */
    public record Exploration(List<Double> decays, List<Double> lengths, ValidationGrid grid) {
        public Exploration {
            decays = List.copyOf(decays);
            lengths = List.copyOf(lengths);
            if (!decays.stream().allMatch(MergeCheckpointsOrder::isDecay)) {
                throw new IllegalArgumentException("expected decays above 0 and up to 1, found " + decays);
            }
            if (!lengths.stream().allMatch(PowerProfile::isLength)) {
                throw new IllegalArgumentException("expected lengths above 0 and below 0.2887, found " + lengths);
            }
        }
    }

    private static boolean isDecay(double decay) {
        return decay > 0 && decay <= 1;
    }
}
