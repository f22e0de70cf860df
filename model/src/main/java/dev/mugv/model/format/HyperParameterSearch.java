package dev.mugv.model.format;

import dev.mugv.model.config.HyperParameters;
import java.util.List;
import java.util.Optional;

/**
 * What came of a search of hyper-parameters: {@code search.json}.
 *
 * @param stage of the proxy
 * @param updates of each trial
 * @param clips of the validation grid: what is compared
 * @param cells of the validation grid
 * @param level chance of taking a trial that is no better than the stated values, of each comparison
 * @param trials the first has the values that the stage states
 * @param chosen number of the trial whose values are taken
 * @param decided whether that is by a difference that is more than chance
 * @param reason why, in words with numbers
 */
public record HyperParameterSearch(
        String stage,
        int updates,
        int clips,
        int cells,
        double level,
        List<Trial> trials,
        int chosen,
        boolean decided,
        String reason) {
    public static final String FILE_NAME = "search.json";

    public HyperParameterSearch {
        trials = List.copyOf(trials);
    }

    /**
     * @param values what was tried
     * @param loss validation loss at its end; empty of one that has none
     * @param difference of the loss to that of the stated values, if both have one
     */
    public record Trial(HyperParameters values, Optional<Double> loss, Optional<Difference> difference) {}

    /**
     * A mean difference over clips, each of which is compared with itself, as a share of the stated values' loss.
     *
     * @param mean negative where the trial is better
     * @param low lower end of its interval
     * @param high upper end
     */
    public record Difference(double mean, double low, double high) {}

    /** What was found. */
    public HyperParameters found() {
        return trials.get(chosen).values();
    }
}
