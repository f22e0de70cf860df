package dev.mugv.steps.evaluation;

import dev.mugv.model.format.MetricsLine;
import dev.mugv.steps.report.LossCurve;
import dev.mugv.steps.report.LossCurve.Point;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Loss curves from the metrics that trainers publish. */
final class TrainingCurves {
    private TrainingCurves() {}

    /** The curve of one training, if its artifact has metrics. */
    static Optional<LossCurve> find(String stage, Path folder) {
        Path metrics = folder.resolve(MetricsLine.FILE_NAME);
        if (!Files.exists(metrics)) {
            return Optional.empty();
        }
        List<Point> training = new ArrayList<>();
        List<Point> validation = new ArrayList<>();
        try {
            for (String text : Files.readAllLines(metrics, StandardCharsets.UTF_8)) {
                MetricsLine line = MetricsLine.parse(text);
                add(line, MetricsLine.LOSS, training);
                add(line, MetricsLine.VALIDATION_LOSS, validation);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Optional.of(new LossCurve(stage, "loss", training, validation));
    }

    private static void add(MetricsLine line, String figure, List<Point> points) {
        if (line.figures().containsKey(figure)) {
            points.add(new Point(Math.toIntExact(line.update()), line.figure(figure)));
        }
    }
}
