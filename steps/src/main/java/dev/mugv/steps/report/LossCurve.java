package dev.mugv.steps.report;

import java.util.List;

/**
 * Losses of one training stage.
 *
 * @param stage name of the stage
 * @param quantity what the loss is, such as {@code flow-matching loss}
 * @param training one point an update or fewer
 * @param validation points on the stage's fixed grid
 */
public record LossCurve(String stage, String quantity, List<Point> training, List<Point> validation) {
    public LossCurve {
        training = List.copyOf(training);
        validation = List.copyOf(validation);
    }

    /**
     * @param update number of updates done
     * @param loss finite
     */
    public record Point(int update, double loss) {
        public Point {
            if (!Double.isFinite(loss)) {
                throw new IllegalArgumentException("loss " + loss + " at update " + update);
            }
        }
    }
}
