package dev.mugv.model.train;

import dev.mugv.model.format.MetricsLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A training's lines of metrics: the leading rank's are a {@link MetricsLog}, those of the others are counted alone. */
final class MetricsRecord implements AutoCloseable {
    private final Optional<MetricsLog> log;
    private long lastUpdate;
    private Optional<MetricsLine> last = Optional.empty();

    private MetricsRecord(Optional<MetricsLog> log, long lastUpdate) {
        this.log = log;
        this.lastUpdate = lastUpdate;
    }

    static MetricsRecord of(MetricsLog log) {
        return new MetricsRecord(Optional.of(log), log.lastUpdate());
    }

    /** Of a rank that writes none, whose next line is that of the update after this one. */
    static MetricsRecord none(long lastUpdate) {
        return new MetricsRecord(Optional.empty(), lastUpdate);
    }

    long lastUpdate() {
        return lastUpdate;
    }

    void append(MetricsLine line) {
        log.ifPresent(lines -> lines.append(line));
        lastUpdate = line.update();
        last = Optional.of(line);
    }

    /** The line that was added last, where one was added since this was made or cut back. */
    Optional<MetricsLine> lastLine() {
        return last;
    }

    /** Forgets every line after an update, for a training that goes back. */
    void cutBack(long update) {
        log.ifPresent(lines -> lines.cutBack(update));
        lastUpdate = update;
        last = Optional.empty();
    }

    void force() {
        log.ifPresent(MetricsLog::force);
    }

    /** All lines; none of a rank that writes none. */
    List<MetricsLine> lines() {
        return log.map(MetricsLog::lines).orElse(List.of());
    }

    void copyTo(Path file) {
        log.ifPresent(lines -> {
            try {
                Files.copy(lines.file(), file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    public void close() {
        log.ifPresent(MetricsLog::close);
    }
}
