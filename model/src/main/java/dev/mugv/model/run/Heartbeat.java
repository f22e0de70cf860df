package dev.mugv.model.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * What a live worker says about itself every second. A hint for people, hang detection and progress bars; never a
 * witness of success.
 *
 * @param at when it was written
 * @param progressedAt when {@code done} last changed; the start before that
 * @param done units finished
 * @param total units in all, 0 while unknown
 * @param unit singular noun, for example {@code update}; empty while unknown
 */
public record Heartbeat(
        int run, String host, long pid, Instant at, Instant progressedAt, long done, long total, String unit) {

    /** The last heartbeat of a run. A file that cannot be read is no heartbeat. */
    public static Optional<Heartbeat> find(AttemptFolder folder, int run) {
        Path file = folder.heartbeat(run);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.read(file, Heartbeat.class));
        } catch (WorkFailure | java.io.UncheckedIOException e) {
            return Optional.empty();
        }
    }
}
