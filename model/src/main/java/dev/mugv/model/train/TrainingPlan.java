package dev.mugv.model.train;

import dev.mugv.model.checkpoint.Retention;
import dev.mugv.model.config.Layout;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.PlateauSchedule;
import dev.mugv.model.config.WeightAveraging;
import dev.mugv.model.format.ValidationGrid;
import java.util.Map;
import java.util.Optional;

/**
 * How long and with which optimizer a training runs, and what its checkpoints record.
 *
 * @param stage name of the stage, for messages and the summary
 * @param updates optimizer updates in all
 * @param samplesPerUpdate size of the batch
 * @param optimizer optimizer and schedule
 * @param retention cadence of checkpoints, and how many are kept
 * @param seeds every seed by purpose
 * @param codeVersion of the task
 * @param environment threads, instruction set and library versions, which decide the last bits
 * @param layout how it is spread over ranks
 * @param validateEvery updates between measurements of the validation loss; 0 for before and after only
 * @param averaging averages of the weights that are kept
 * @param grid whose cells' losses are kept at each validation; empty for a training that has none
 * @param ending the rule that may end it before its last update
 */
public record TrainingPlan(
        String stage,
        int updates,
        int samplesPerUpdate,
        OptimizerConfiguration optimizer,
        Retention retention,
        Map<String, Long> seeds,
        String codeVersion,
        Map<String, String> environment,
        Layout layout,
        int validateEvery,
        Optional<WeightAveraging> averaging,
        Optional<ValidationGrid> grid,
        Optional<PlateauSchedule> ending) {
    /** A training of one process that is validated before and after. */
    // Eight, as above.
    public TrainingPlan(
            String stage,
            int updates,
            int samplesPerUpdate,
            OptimizerConfiguration optimizer,
            Retention retention,
            Map<String, Long> seeds,
            String codeVersion,
            Map<String, String> environment) {
        this(
                stage,
                updates,
                samplesPerUpdate,
                optimizer,
                retention,
                seeds,
                codeVersion,
                environment,
                Layout.ALONE,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public TrainingPlan {
        seeds = Map.copyOf(seeds);
        environment = Map.copyOf(environment);
    }

    /** The same on these ranks. */
    TrainingPlan on(Layout other) {
        return with(other, validateEvery, averaging, grid, ending);
    }

    /** The same with further measurements of the validation loss. */
    TrainingPlan validatedEvery(int validations) {
        return with(layout, validations, averaging, grid, ending);
    }

    /** The same with averages of the weights. */
    TrainingPlan averagedBy(Optional<WeightAveraging> other) {
        return with(layout, validateEvery, other, grid, ending);
    }

    /** The same with the losses of a grid's cells kept, and a rule that looks at them. */
    TrainingPlan judgedOn(ValidationGrid cells, Optional<PlateauSchedule> rule) {
        return with(layout, validateEvery, averaging, Optional.of(cells), rule);
    }

    private TrainingPlan with(
            Layout ranks,
            int validations,
            Optional<WeightAveraging> averages,
            Optional<ValidationGrid> cells,
            Optional<PlateauSchedule> rule) {
        return new TrainingPlan(
                stage,
                updates,
                samplesPerUpdate,
                optimizer,
                retention,
                seeds,
                codeVersion,
                environment,
                ranks,
                validations,
                averages,
                cells,
                rule);
    }
}
