package dev.mugv.steps.goodput;

import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.run.WorkFailure;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * How long the updates of a training took and the checkpoints between them, by its metrics. Updates that were lost have no
 * lines any more, so a mean stands for them.
 */
final class TrainingTimes {
    private final TreeMap<Long, Double> updates = new TreeMap<>();
    private final TreeMap<Long, Double> savings = new TreeMap<>();

    /** Times by a file of metrics; none where it is not there or cannot be read. */
    static TrainingTimes read(Path file) {
        TrainingTimes times = new TrainingTimes();
        if (Files.exists(file)) {
            try {
                MetricsLine.readAll(file).forEach(times::add);
            } catch (WorkFailure | UncheckedIOException beingWritten) {
                return times;
            }
        }
        return times;
    }

    private void add(MetricsLine line) {
        put(updates, line, MetricsLine.SECONDS_PER_UPDATE);
        put(savings, line, MetricsLine.SAVING_SECONDS);
    }

    private static void put(TreeMap<Long, Double> times, MetricsLine line, String figure) {
        Double seconds = line.figures().get(figure);
        if (seconds != null && Double.isFinite(seconds)) {
            times.put(line.update(), seconds);
        }
    }

    /** The last update; of a training that was published, how many it made. */
    OptionalLong last() {
        return updates.isEmpty() ? OptionalLong.empty() : OptionalLong.of(updates.lastKey());
    }

    /** Time of the updates after one and up to another. */
    Duration updates(long after, long upTo) {
        return sum(updates, after, upTo, upTo - after);
    }

    /** Time of the checkpoints that were saved after one update and up to another, given how many there were. */
    Duration savings(long after, long upTo, long count) {
        // A saving stands in the line of the update after it.
        return sum(savings, after + 1, upTo + 1, count);
    }

    private static Duration sum(TreeMap<Long, Double> times, long after, long upTo, long count) {
        if (count <= 0 || upTo <= after || times.isEmpty()) {
            return Duration.ZERO;
        }
        var part = times.subMap(after, false, upTo, true).values();
        double known = part.stream().mapToDouble(Double::doubleValue).sum();
        double mean = times.values().stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
        double seconds = known + mean * Math.max(0, count - part.size());
        return Duration.ofMillis(Math.round(seconds * 1000));
    }
}
