package dev.mugv.model.run;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How one rank of a run ended, in its own words: {@code rendezvous-N/rank-R.json}. The attempt has succeeded only if there
 * is one of every rank and all say so. More than five components because it is one fact sheet, read whole.
 *
 * @param token the submission's
 * @param index logical array index
 * @param run the executor's restart count, from 0
 * @param rank which process, from 0
 * @param size how many there are
 * @param failure absent unless it failed
 * @param message absent when it succeeded; of the form of {@link WorkFailure}
 * @param exitCode what the JVM ends with
 */
public record RankRecord(
        int formatVersion,
        String token,
        int index,
        int run,
        int rank,
        int size,
        ExitRecord.Outcome outcome,
        @Nullable FailureKind failure,
        @Nullable String message,
        String host,
        long pid,
        Instant startedAt,
        Instant endedAt,
        int exitCode) {
    public static final int FORMAT_VERSION = 1;

    public RankRecord {
        if (formatVersion != FORMAT_VERSION) {
            throw new IllegalArgumentException(
                    "rank record format version " + formatVersion + ", this build reads " + FORMAT_VERSION);
        }
        if ((outcome == ExitRecord.Outcome.FAILED) != (failure != null)) {
            throw new IllegalArgumentException(
                    "a rank record has a failure exactly when it failed, got " + outcome + ", " + failure);
        }
    }

    /** The record of one rank, if it has been written. */
    public static Optional<RankRecord> find(AttemptFolder folder, int run, int rank) {
        var file = folder.rankRecord(run, rank);
        return Files.exists(file) ? Optional.of(Json.read(file, RankRecord.class)) : Optional.empty();
    }

    /** The records of ranks 0 to {@code size}-1 that have been written, in the order of ranks. */
    public static List<RankRecord> all(AttemptFolder folder, int run, int size) {
        List<RankRecord> found = new ArrayList<>();
        for (int rank = 0; rank < size; rank++) {
            find(folder, run, rank).ifPresent(found::add);
        }
        return List.copyOf(found);
    }

    /** Makes the record durable. */
    public void write(AttemptFolder folder) throws IOException {
        Files.createDirectories(folder.rendezvous(run));
        DurableFile.write(folder.rankRecord(run, rank), Json.bytes(this));
    }

    /** The rank's failure as it is told of the attempt. */
    public String told() {
        return "%s (rank %d of %d, on %s)".formatted(message, rank, size, host);
    }
}
