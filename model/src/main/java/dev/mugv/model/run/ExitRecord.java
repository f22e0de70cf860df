package dev.mugv.model.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How one run of an attempt ended, in the worker's own words: the first of the three witnesses of a verdict. More than
 * five components because it is one fact sheet, read whole.
 *
 * @param token the submission's
 * @param index logical array index
 * @param attempt the order's attempt number
 * @param run the executor's restart count, from 0
 * @param failure absent unless {@link Outcome#FAILED}
 * @param message absent when succeeded; of the form of {@link WorkFailure}
 * @param manifestSha256 hash of the published manifest, present exactly when succeeded
 * @param host name of the machine
 * @param pid of the worker's JVM
 * @param exitCode what the JVM ends with
 */
public record ExitRecord(
        int formatVersion,
        String token,
        int index,
        int attempt,
        int run,
        Outcome outcome,
        @Nullable FailureKind failure,
        @Nullable String message,
        @Nullable String manifestSha256,
        String host,
        long pid,
        Instant startedAt,
        Instant endedAt,
        int exitCode) {
    public static final int FORMAT_VERSION = 1;

    public ExitRecord {
        if (formatVersion != FORMAT_VERSION) {
            throw new IllegalArgumentException(
                    "exit record format version " + formatVersion + ", this build reads " + FORMAT_VERSION);
        }
        if ((outcome == Outcome.FAILED) != (failure != null)
                || (outcome == Outcome.SUCCEEDED) != (manifestSha256 != null)) {
            throw new IllegalArgumentException("an exit record has a failure exactly when it failed and a manifest"
                    + " exactly when it succeeded, got " + outcome + ", " + failure + ", " + manifestSha256);
        }
    }

    /** The record of a run, if it has been written. */
    public static Optional<ExitRecord> find(AttemptFolder folder, int run) {
        Path file = folder.exitRecord(run);
        return Files.exists(file) ? Optional.of(Json.read(file, ExitRecord.class)) : Optional.empty();
    }

    /** Makes the record durable. */
    public void write(AttemptFolder folder) throws IOException {
        DurableFile.write(folder.exitRecord(run), Json.bytes(this));
    }

    /** How a worker ended. */
    public enum Outcome {
        SUCCEEDED,
        FAILED,
        /** Asked to stop, and saved what is needed to go on. */
        STOPPED
    }
}
