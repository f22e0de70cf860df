package dev.mugv.model.format;

import dev.mugv.model.config.HyperParameters;
import java.util.List;
import java.util.Optional;

/**
 * Parameters of {@code CHOOSE_TRIAL}; the order's inputs are the {@code TRAIN_MODEL} artifacts of the trials that have come to their end.
 *
 * @param stage of the proxy
 * @param updates of each trial
 * @param trials the first has the values that the stage states
 * @param grid that each was validated on
 * @param confidence with which another must be better than the first
 */
public record ChooseTrialOrder(String stage, int updates, List<Trial> trials, ValidationGrid grid, double confidence) {
    public ChooseTrialOrder {
        trials = List.copyOf(trials);
    }

    /**
     * @param values what was tried
     * @param artifact key of the trial's training; empty of one whose numbers did not stay finite
     */
    public record Trial(HyperParameters values, Optional<String> artifact) {}
}
