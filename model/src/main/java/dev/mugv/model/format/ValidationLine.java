package dev.mugv.model.format;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;

/**
 * One validation of a training: a line of {@code validation-losses.jsonl}, in its durable folder and its artifact.
 *
 * @param update updates done
 * @param losses of the grid's cells, clip after clip, of each its timesteps; their mean is the validation loss
 */
public record ValidationLine(long update, List<Double> losses) {
    public static final String FILE_NAME = "validation-losses.jsonl";

    public ValidationLine {
        losses = List.copyOf(losses);
        if (losses.isEmpty()) {
            throw new IllegalArgumentException("expected losses of update " + update + ", found none");
        }
    }

    /** Mean over all, added up in their order. */
    public double mean() {
        double sum = 0;
        for (double loss : losses) {
            sum += loss;
        }
        return sum / losses.size();
    }

    /** Means over each clip's timesteps: a clip's losses hang together, clips do not. */
    public double[] byClip(int timesteps) {
        double[] means = new double[losses.size() / timesteps];
        for (int clip = 0; clip < means.length; clip++) {
            double sum = 0;
            for (int k = 0; k < timesteps; k++) {
                sum += losses.get(clip * timesteps + k);
            }
            means[clip] = sum / timesteps;
        }
        return means;
    }

    /**
     * All lines of a published file.
     *
     * @throws WorkFailure of kind {@link FailureKind#CORRUPT} naming file and line
     */
    public static List<ValidationLine> readAll(Path file) {
        List<ValidationLine> lines = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                lines.add(Json.parse(line, ValidationLine.class));
            }
        } catch (JacksonException e) {
            throw new WorkFailure(
                    FailureKind.CORRUPT,
                    "Cannot read '%s': line %d is no validation. Restore the file or delete it to have it made again."
                            .formatted(file, lines.size() + 1),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }
}
