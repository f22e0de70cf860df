package dev.mugv.steps.report;

import dev.mugv.model.format.MetricsLine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Losses of one training stage.
 *
 * @param stage name of the stage
 * @param quantity what the loss is, such as {@code flow-matching loss}
 * @param training one point an update or fewer
 * @param validation points on the stage's fixed grid
 * @param remark what is to be said beside it, such as what the stage's plateau rule saw; empty for nothing
 */
public record LossCurve(String stage, String quantity, List<Point> training, List<Point> validation, String remark) {
    /** One of which nothing more is said. */
    public LossCurve(String stage, String quantity, List<Point> training, List<Point> validation) {
        this(stage, quantity, training, validation, "");
    }

    public LossCurve {
        training = List.copyOf(training);
        validation = List.copyOf(validation);
    }

    /**
     * The curve of a published {@code metrics.jsonl}.
     *
     * @throws dev.mugv.model.run.WorkFailure of kind CORRUPT naming file and line
     */
    public static LossCurve read(String stage, String quantity, Path metrics) {
        return of(stage, quantity, MetricsLine.readAll(metrics));
    }

    /** The same with a remark. */
    public LossCurve remarked(String words) {
        return new LossCurve(stage, quantity, training, validation, words);
    }

    /** The curve of lines in the order of updates. */
    public static LossCurve of(String stage, String quantity, List<MetricsLine> lines) {
        List<Point> training = new ArrayList<>();
        List<Point> validation = new ArrayList<>();
        for (MetricsLine line : lines) {
            add(line, MetricsLine.LOSS, training);
            add(line, MetricsLine.VALIDATION_LOSS, validation);
        }
        return new LossCurve(stage, quantity, training, validation);
    }

    private static void add(MetricsLine line, String figure, List<Point> points) {
        if (line.figures().containsKey(figure)) {
            points.add(new Point(Math.toIntExact(line.update()), line.figure(figure)));
        }
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
