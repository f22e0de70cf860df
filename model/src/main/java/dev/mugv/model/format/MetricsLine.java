package dev.mugv.model.format;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * One line of {@code metrics.jsonl}: a flat JSON object of numbers. Line 0 holds the validation loss before the first
 * update; every update has one line, the last of which holds the validation loss after it.
 *
 * @param update updates done
 * @param figures by name: {@code loss}, {@code gradient-norm}, {@code learning-rate}, {@code tokens-per-second}, {@code
 *     seconds-per-update}, {@code saving-seconds}, {@code flops-per-second}, {@code validation-loss} and what a stage adds
 */
public record MetricsLine(long update, Map<String, Double> figures) {
    public static final String FILE_NAME = "metrics.jsonl";
    public static final String LOSS = "loss";
    public static final String VALIDATION_LOSS = "validation-loss";
    public static final String SECONDS_PER_UPDATE = "seconds-per-update";

    /** Wall time of the checkpoint that was saved before this update; only after one. */
    public static final String SAVING_SECONDS = "saving-seconds";

    private static final String UPDATE = "update";

    public MetricsLine {
        figures = Collections.unmodifiableMap(new TreeMap<>(figures));
    }

    /** A figure of this line, which must have it. */
    public double figure(String name) {
        Double figure = figures.get(name);
        if (figure == null) {
            throw new IllegalArgumentException("metrics of update %d have no '%s'".formatted(update, name));
        }
        return figure;
    }

    /** The line without its line break. */
    public String json() {
        TreeMap<String, Number> fields = new TreeMap<>(figures);
        fields.put(UPDATE, update);
        return Json.text(fields);
    }

    /**
     * Reads one line.
     *
     * @throws JacksonException if it is not a JSON object of numbers with an update
     */
    public static MetricsLine parse(String line) {
        JsonNode tree = Json.parse(line, JsonNode.class);
        TreeMap<String, Double> figures = new TreeMap<>();
        for (Map.Entry<String, JsonNode> property : tree.properties()) {
            if (!property.getKey().equals(UPDATE)) {
                figures.put(property.getKey(), property.getValue().doubleValue());
            }
        }
        return new MetricsLine(tree.required(UPDATE).longValue(), figures);
    }

    /**
     * All lines of a published file.
     *
     * @throws WorkFailure of kind {@link FailureKind#CORRUPT} naming file and line
     */
    public static List<MetricsLine> readAll(Path file) {
        List<MetricsLine> lines = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                lines.add(parse(line));
            }
        } catch (JacksonException e) {
            throw new WorkFailure(
                    FailureKind.CORRUPT,
                    "Cannot read '%s': line %d is not a JSON object of numbers. Restore the file or delete it to have it made again."
                            .formatted(file, lines.size() + 1),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }
}
