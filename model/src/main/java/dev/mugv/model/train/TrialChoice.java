package dev.mugv.model.train;

import dev.mugv.model.config.PlateauRule;
import dev.mugv.model.format.ChooseTrialOrder;
import dev.mugv.model.format.HyperParameterSearch;
import dev.mugv.model.format.HyperParameterSearch.Difference;
import dev.mugv.model.format.HyperParameterSearch.Trial;
import dev.mugv.model.format.ValidationLine;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * Which trial of a search is taken. The one with the least validation loss is held against the values that were stated: clip by clip, by
 * Student's interval of the mean difference, at a level that all comparisons share (Bonferroni), because the best of many is better than it
 * ought to be; the sign-flip test of {@code model.statistics} cannot reach such a level with few clips. Only where that interval lies below nothing is it taken. Otherwise the search is undecided, and what was stated stays: a
 * difference that may be chance changes no configuration.
 */
public final class TrialChoice {
    private final ChooseTrialOrder order;
    private final List<Optional<ValidationLine>> ends;
    private final double level;

    /**
     * @param ends last validation of each trial, in the order's order; empty of one that has none
     */
    public TrialChoice(ChooseTrialOrder order, List<Optional<ValidationLine>> ends) {
        this.order = order;
        this.ends = List.copyOf(ends);
        long others = ends.stream().skip(1).filter(Optional::isPresent).count();
        this.level = (1 - order.confidence()) / Math.max(1, others);
    }

    /**
     * Chooses.
     *
     * @throws WorkFailure of kind {@link FailureKind#DIVERGED} if no trial has a loss
     */
    public HyperParameterSearch search() {
        List<Trial> trials = new ArrayList<>();
        for (int i = 0; i < ends.size(); i++) {
            trials.add(new Trial(order.trials().get(i).values(), ends.get(i).map(ValidationLine::mean), difference(i)));
        }
        int best = best(trials);
        if (best == 0) {
            return search(
                    trials,
                    0,
                    false,
                    "no trial has a lower loss than the values that the stage states, " + loss(trials, 0));
        }
        if (trials.get(0).loss().isEmpty()) {
            return search(
                    trials,
                    best,
                    false,
                    "trial %d has the lowest loss, %s; with the values that the stage states the training diverged, so there is nothing to hold it against"
                            .formatted(best, loss(trials, best)));
        }
        String figures = "trial %d has the lowest loss, %s, the values that the stage states have %s"
                .formatted(best, loss(trials, best), loss(trials, 0));
        Optional<Difference> difference = trials.get(best).difference();
        if (difference.isEmpty()) {
            return search(
                    trials,
                    0,
                    false,
                    "%s; with %d clips, fewer than %d, no difference can be claimed: undecided, what is stated stays"
                            .formatted(figures, order.grid().clipIds().size(), PlateauRule.FEWEST_CLIPS));
        }
        boolean decided = difference.get().high() < 0;
        return search(
                trials,
                decided ? best : 0,
                decided,
                "%s: a difference of %s over %d clips, %s"
                        .formatted(
                                figures,
                                inWords(difference.get()),
                                order.grid().clipIds().size(),
                                decided ? "more than chance" : "which may be chance: undecided, what is stated stays"));
    }

    private HyperParameterSearch search(List<Trial> trials, int chosen, boolean decided, String reason) {
        int clips = order.grid().clipIds().size();
        return new HyperParameterSearch(
                order.stage(),
                order.updates(),
                clips,
                clips * order.grid().timesteps(),
                level,
                trials,
                chosen,
                decided,
                reason);
    }

    private int best(List<Trial> trials) {
        int best = -1;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < trials.size(); i++) {
            double loss = trials.get(i).loss().orElse(Double.NaN);
            if (loss < least) {
                best = i;
                least = loss;
            }
        }
        if (best < 0) {
            throw new WorkFailure(
                    FailureKind.DIVERGED,
                    "Cannot choose hyper-parameters of '%s': all %d trials diverged. Lower 'pretrain.search.learning-rate' and the stage's own."
                            .formatted(order.stage(), trials.size()));
        }
        return best;
    }

    /** To the stated values, of what can be compared with them. */
    private Optional<Difference> difference(int trial) {
        int clips = order.grid().clipIds().size();
        if (trial == 0 || ends.get(0).isEmpty() || ends.get(trial).isEmpty() || clips < PlateauRule.FEWEST_CLIPS) {
            return Optional.empty();
        }
        double[] stated = ends.get(0).get().byClip(order.grid().timesteps());
        double[] tried = ends.get(trial).get().byClip(order.grid().timesteps());
        double scale = ends.get(0).get().mean();
        double mean = (ends.get(trial).get().mean() - scale) / scale;
        double squares = 0;
        for (int clip = 0; clip < clips; clip++) {
            double rest = (tried[clip] - stated[clip]) / scale - mean;
            squares += rest * rest;
        }
        double reach = new TDistribution(null, clips - 1.0).inverseCumulativeProbability(1 - level / 2)
                * Math.sqrt(squares / clips / (clips - 1));
        return Optional.of(new Difference(mean, mean - reach, mean + reach));
    }

    private static String loss(List<Trial> trials, int trial) {
        return String.format(Locale.ROOT, "%.6g", trials.get(trial).loss().orElse(Double.NaN));
    }

    private static String inWords(Difference difference) {
        return String.format(
                Locale.ROOT,
                "%.3g %% (%.3g %% to %.3g %%)",
                100 * difference.mean(),
                100 * difference.low(),
                100 * difference.high());
    }
}
