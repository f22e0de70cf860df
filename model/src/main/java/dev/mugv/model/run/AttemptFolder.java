package dev.mugv.model.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Names of an attempt's files. The controller writes the order, the batch script the claims, the worker heartbeats and
 * exit records; a stop file asks the worker to save and leave.
 *
 * <pre>
 * order.json          what to do
 * claim-N             made by run N's script by hard link, so that only one copy of a run can have it
 * heartbeat-N.json    progress of run N, rewritten every second
 * exit-N.json         how run N ended
 * stop                whoever makes this file asks every run to stop
 * predecessor         of a segment that was queued early: the attempt that holds it, as {@code <token>/attempts/<index>}
 * released            made by the controller when that attempt is over and this one is to go on
 * relayed             made by a successor that has been started: no further run of this attempt is to work
 * rendezvous-N/       of run N where several ranks work: what they leave for each other, with
 *   rank-R.json       how rank R ended
 *   heartbeat-R.json  progress of rank R, but of rank 0
 * </pre>
 *
 * @param path {@code <workspace>/submissions/<token>/attempts/<index>}
 */
public record AttemptFolder(Path path) {
    private static final Pattern CLAIM = Pattern.compile("claim-(\\d{1,9})");

    /** The folder of an attempt, whose identity is (token, logical index). */
    public static AttemptFolder of(Path workspace, String token, int index) {
        return new AttemptFolder(
                submission(workspace, token).resolve("attempts").resolve(Integer.toString(index)));
    }

    /** The folder of a submission: script, executor's files, attempts. */
    public static Path submission(Path workspace, String token) {
        return workspace.resolve("submissions").resolve(token);
    }

    public Path order() {
        return path.resolve("order.json");
    }

    public Path claim(int run) {
        return path.resolve("claim-" + run);
    }

    public Path heartbeat(int run) {
        return path.resolve("heartbeat-" + run + ".json");
    }

    public Path exitRecord(int run) {
        return path.resolve("exit-" + run + ".json");
    }

    /** Where the ranks of a run meet. */
    public Path rendezvous(int run) {
        return path.resolve("rendezvous-" + run);
    }

    public Path rankRecord(int run, int rank) {
        return rendezvous(run).resolve("rank-" + rank + ".json");
    }

    /** The heartbeat of a rank; rank 0 speaks for the attempt. */
    public Path heartbeat(int run, int rank) {
        return rank == 0 ? heartbeat(run) : rendezvous(run).resolve("heartbeat-" + rank + ".json");
    }

    public Path stopFile() {
        return path.resolve("stop");
    }

    public Path predecessor() {
        return path.resolve("predecessor");
    }

    public Path released() {
        return path.resolve("released");
    }

    public Path relayed() {
        return path.resolve("relayed");
    }

    /** The highest run that has claimed this attempt. */
    public OptionalInt latestClaim() {
        if (!Files.isDirectory(path)) {
            return OptionalInt.empty();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.map(file -> CLAIM.matcher(file.getFileName().toString()))
                    .filter(Matcher::matches)
                    .mapToInt(match -> Integer.parseInt(match.group(1)))
                    .max();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Ends a run that has not, or no longer, the claim of its attempt.
     *
     * @throws WorkFailure of kind {@link FailureKind#OUTCOME_UNKNOWN}
     */
    public void requireClaim(int run) {
        int latest = latestClaim().orElse(-1);
        if (latest > run || !Files.exists(claim(run))) {
            throw new WorkFailure(
                    FailureKind.OUTCOME_UNKNOWN,
                    "Cannot go on with run %d of attempt '%s': %s. Nothing is to be done, the claiming run decides."
                            .formatted(
                                    run,
                                    path,
                                    latest > run ? "run " + latest + " has claimed it" : "this run has no claim"));
        }
    }
}
