package dev.mugv.model.train;

import java.util.ArrayList;
import java.util.List;

/**
 * In which order a stage of a pipeline runs its passes forward and back (1F1B): forward until the first gradient can be back, then
 * one back for each one forward. So a stage never holds more passes than there are stages from it on. Without a pipeline it is
 * forward and back by turns.
 */
final class PipelineSchedule {
    private PipelineSchedule() {}

    /** What a stage does next. */
    enum Direction {
        FORWARD,
        BACK
    }

    /** A pass, by its number, and which way it is run. */
    record Step(Direction direction, int pass) {}

    /**
     * The steps of one stage; of every direction in the order of passes.
     *
     * @param stage from 0
     * @param stages how many
     * @param passes how many
     */
    static List<Step> of(int stage, int stages, int passes) {
        int ahead = Math.min(stages - 1 - stage, passes);
        List<Step> steps = new ArrayList<>();
        for (int pass = 0; pass < passes + ahead; pass++) {
            if (pass < passes) {
                steps.add(new Step(Direction.FORWARD, pass));
            }
            if (pass >= ahead) {
                steps.add(new Step(Direction.BACK, pass - ahead));
            }
        }
        return steps;
    }
}
