package dev.mugv.model.format;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a training went: {@code summary.json} of every artifact that a trainer publishes.
 *
 * @param stage name of the stage, for example {@code proxy} or {@code vae}
 * @param updates optimizer updates done
 * @param firstValidationLoss on the stage's fixed grid before the first update
 * @param lastValidationLoss on the same grid after the last update
 * @param firstTrainingLoss mean over the first tenth of the updates
 * @param lastTrainingLoss mean over the last tenth of the updates
 * @param secondsPerUpdate mean wall time of an update, without validation and checkpoints
 * @param more further figures by name in lower case with hyphens, for example {@code preference-margin}
 */
public record TrainingSummary(
        String stage,
        int updates,
        double firstValidationLoss,
        double lastValidationLoss,
        double firstTrainingLoss,
        double lastTrainingLoss,
        double secondsPerUpdate,
        Map<String, Double> more) {
    public static final String FILE_NAME = "summary.json";

    public TrainingSummary {
        more = Collections.unmodifiableMap(new TreeMap<>(more));
    }

    /** The same with further figures. */
    public TrainingSummary with(Map<String, Double> further) {
        TreeMap<String, Double> figures = new TreeMap<>(more);
        figures.putAll(further);
        return new TrainingSummary(
                stage,
                updates,
                firstValidationLoss,
                lastValidationLoss,
                firstTrainingLoss,
                lastTrainingLoss,
                secondsPerUpdate,
                figures);
    }
}
