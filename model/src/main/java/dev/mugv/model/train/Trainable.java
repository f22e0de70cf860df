package dev.mugv.model.train;

import dev.mugv.model.parallel.GradientSum;
import dev.mugv.model.tensor.ParameterSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** What is trained and by which loss: the part of a training that differs from trainer to trainer. */
public interface Trainable {
    /** The trained parameters under the names they are published with. */
    ParameterSet parameters();

    /** What {@link #parameters()} are of the tensors that checkpoints hold. */
    default HeldParameters held() {
        return HeldParameters.whole(parameters());
    }

    /**
     * Computes one update's loss and adds the gradients of its mean over the batch to {@link #parameters()}, whose gradients
     * are zero before. The batch and every random number must be a function of the update alone, so that a run that was
     * killed goes on with the same bits.
     *
     * @param update number of the batch, from 1: that of the update, unless batches were left out
     * @param sum says which samples of the batch this rank computes; not asked by what runs on one rank alone
     * @return the measure of the whole batch, the same on every rank
     */
    BatchMeasure addGradients(long update, GradientSum sum);

    /** Factors of the learning rate by parameter; those not named take the rate as it is. */
    default SortedMap<String, Double> rateFactors() {
        return Collections.emptySortedMap();
    }

    /** Told where to book time that is not spent computing, before the first update. */
    default void bookTime(TimeSplit split) {}

    /** Told when {@link #parameters()} hold other values than before, those of a file or of an update, for who keeps copies. */
    default void parametersChanged() {}

    /**
     * Told that an update was applied, after {@link #parametersChanged}, for what goes on beside the parameters. Not told of updates that
     * were left out.
     *
     * @param update from 1
     */
    default void applied(long update) {}

    /** State of the trainer's own that goes on from update to update, by the name of its file in checkpoints; always the same names. */
    default SortedMap<String, CarriedState> carried() {
        return Collections.emptySortedMap();
    }

    /** The loss on the stage's fixed grid, with the present parameters; no gradients. All ranks ask for it together. */
    double validationLoss();

    /** The losses that {@link #validationLoss} is the mean of, in a fixed order; of a trainer without a grid that loss alone. */
    default List<Double> validationLosses() {
        return List.of(validationLoss());
    }

    /** Further figures for the summary, with the parameters after the last update; the ranks of the first replica compute them together. */
    default Map<String, Double> finalFigures() {
        return Map.of();
    }
}
