package dev.mugv.model.dit;

import dev.mugv.kernels.collective.Communicator;
import java.util.Optional;

/**
 * The ranks that hold one model together, as one of them reaches the others.
 *
 * @param tensor those that hold the same blocks; empty when this rank holds them alone
 * @param pipeline those with the same parts of other blocks, in the order of stages; empty when this rank holds all blocks
 */
public record ModelRanks(Optional<Communicator> tensor, Optional<Communicator> pipeline) {
    /** A model on one rank. */
    public static final ModelRanks ALONE = new ModelRanks(Optional.empty(), Optional.empty());

    /** Groups for a share; a collective call of all ranks that hold the model together, which are the world's. */
    public static ModelRanks of(ModelShare share, Communicator model) {
        // Every rank takes part in both splits, also where its own group is itself alone.
        Communicator tensor = model.split("tensor", share.stage(), share.tensorRank());
        Communicator pipeline = model.split("pipeline", share.tensorRank(), share.stage());
        return new ModelRanks(
                share.tensorRanks() > 1 ? Optional.of(tensor) : Optional.empty(),
                share.stages() > 1 ? Optional.of(pipeline) : Optional.empty());
    }
}
