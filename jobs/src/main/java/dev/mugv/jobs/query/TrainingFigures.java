package dev.mugv.jobs.query;

import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.format.PlateauLooks;
import dev.mugv.model.format.TrainingEvent;
import dev.mugv.model.run.Json;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/**
 * What a training under way says of itself in its durable folder: the figures of its last update and the last events.
 *
 * @param update the last one whose figures are written
 * @param figures of that update, see {@link MetricsLine}
 * @param plateau what the stage's plateau rule has seen, if it has one
 * @param events oldest first
 */
public record TrainingFigures(
        long update, Map<String, Double> figures, Optional<PlateauLooks> plateau, List<String> events) {
    private static final int TAIL_BYTES = 8192;
    private static final int SHOWN_EVENTS = 3;
    private static final List<String> SHARES = List.of("compute", "communication", "data", "checkpoint", "idle");

    /** Those of a folder, if a training has written there. */
    static Optional<TrainingFigures> in(Path durableFolder) {
        Path metrics = durableFolder.resolve(MetricsLine.FILE_NAME);
        if (!Files.isRegularFile(metrics)) {
            return Optional.empty();
        }
        try {
            List<TrainingEvent> events = TrainingEvent.readAll(durableFolder);
            List<String> shown = events.subList(Math.max(0, events.size() - SHOWN_EVENTS), events.size()).stream()
                    .map(event -> "%s %s".formatted(event.at().truncatedTo(ChronoUnit.SECONDS), event.message()))
                    .toList();
            return lastLine(metrics)
                    .map(line -> new TrainingFigures(line.update(), line.figures(), plateau(durableFolder), shown));
        } catch (IOException e) {
            // It is being written, or gone by now: the next question may have an answer.
            return Optional.empty();
        }
    }

    /** For example {@code loss 0.9312, 2143 tokens/s, MFU 31.0 %; compute 92 %, data 3 %}. */
    public String words() {
        List<String> words = new ArrayList<>();
        figure("loss").ifPresent(loss -> words.add("loss %.4g".formatted(loss)));
        figure("tokens-per-second").ifPresent(tokens -> words.add("%.0f tokens/s".formatted(tokens)));
        figure("mfu").ifPresent(mfu -> words.add("MFU %.1f %%".formatted(100 * mfu)));
        List<String> shares = new ArrayList<>();
        for (String share : SHARES) {
            figure(share + "-share").ifPresent(value -> shares.add("%s %.0f %%".formatted(share, 100 * value)));
        }
        return String.join(", ", words) + (shares.isEmpty() ? "" : "; " + String.join(", ", shares));
    }

    private static Optional<PlateauLooks> plateau(Path durableFolder) {
        Path file = durableFolder.resolve(PlateauLooks.FILE_NAME);
        return Files.exists(file) ? Optional.of(Json.read(file, PlateauLooks.class)) : Optional.empty();
    }

    private Optional<Double> figure(String name) {
        return Optional.ofNullable(figures.get(name));
    }

    /** The last whole line: one that is being written has no line break yet. */
    private static Optional<MetricsLine> lastLine(Path file) throws IOException {
        String tail;
        try (RandomAccessFile reader = new RandomAccessFile(file.toFile(), "r")) {
            byte[] bytes = new byte[(int) Math.min(TAIL_BYTES, reader.length())];
            reader.seek(reader.length() - bytes.length);
            reader.readFully(bytes);
            tail = new String(bytes, StandardCharsets.UTF_8);
        }
        int end = tail.lastIndexOf('\n');
        if (end < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(MetricsLine.parse(tail.substring(tail.lastIndexOf('\n', end - 1) + 1, end)));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
