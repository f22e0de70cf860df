package dev.mugv.steps.work;

import dev.mugv.model.run.ExitRecord;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.RankRecord;
import dev.mugv.model.run.WorkerExit;
import dev.mugv.slurm.executor.Observation;
import dev.mugv.slurm.executor.Observation.EndState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt came to, by three witnesses: the worker's exit record, the executor's terminal state for that very
 * run, and the published manifest. Success needs all three; the worker's success without the others, or the executor's
 * without the worker's, is suspect and never success. Where several ranks work, the first witness is the exit record with
 * a record of every rank.
 */
public sealed interface Verdict {
    record Succeeded(String manifestSha256) implements Verdict {}

    record Failed(FailureClass failure, String message) implements Verdict {}

    /** Ended early by a stop file, with what is needed to go on saved. */
    record Stopped(String message) implements Verdict {}

    /**
     * @param facts the three, in one line
     */
    record Suspect(String facts) implements Verdict {}

    /**
     * Judges one run that is over.
     *
     * @param label the piece of work, for messages
     * @param end the executor's terminal state
     * @param record the exit record of the same run
     * @param manifestSha256 hash of the manifest that is published under the attempt's key
     * @param ranks what its ranks reported
     */
    static Verdict of(
            String label,
            Observation.Ended end,
            Optional<ExitRecord> record,
            Optional<String> manifestSha256,
            RankReports ranks) {
        if (record.isEmpty()) {
            Optional<RankRecord> failed = ranks.firstFailure();
            return failed.isPresent() && end.state() != EndState.COMPLETED
                    ? new Failed(
                            failureClass(end, failed.get().failure()),
                            failed.get().told())
                    : withoutRecord(label, end, manifestSha256);
        }
        ExitRecord worker = record.get();
        boolean sameRun = worker.run() == end.run();
        return switch (worker.outcome()) {
            case SUCCEEDED -> {
                String manifest = String.valueOf(worker.manifestSha256());
                boolean agreed = sameRun
                        && endedWith(end, 0)
                        && manifestSha256.equals(Optional.of(manifest))
                        && ranks.allSucceeded();
                yield agreed ? new Succeeded(manifest) : new Suspect(facts(end, record, manifestSha256) + ranks.fact());
            }
            case STOPPED ->
                sameRun && end.state() != EndState.COMPLETED
                        ? new Stopped(String.valueOf(worker.message()))
                        : new Suspect(facts(end, record, manifestSha256));
            case FAILED ->
                sameRun && end.state() != EndState.COMPLETED
                        ? new Failed(failureClass(end, worker.failure()), String.valueOf(worker.message()))
                        : new Suspect(facts(end, record, manifestSha256));
        };
    }

    private static Verdict withoutRecord(String label, Observation.Ended end, Optional<String> manifestSha256) {
        int exitCode = end.exitCode().orElse(-1);
        if (exitCode == WorkerExit.RELAYED.code()) {
            return new Stopped("had nothing to do: another attempt does this work, or has done it");
        }
        boolean contradicts = end.state() == EndState.COMPLETED
                || end.state() == EndState.UNRECOGNISED
                || exitCode == WorkerExit.STOPPED.code()
                || exitCode == WorkerExit.DUPLICATE_RUN.code()
                || exitCode == WorkerExit.SUPERSEDED.code();
        if (contradicts) {
            return new Suspect(facts(end, Optional.empty(), manifestSha256));
        }
        FailureClass failure = FailureClass.of(end.state(), exitCode);
        return new Failed(
                failure,
                "Cannot finish '%s': it ended as %s (%s) and left no exit record. See the attempt's log."
                        .formatted(label, failure, end.detail()));
    }

    /** A worker that could still say why it failed knows best, unless the executor ended it for a reason of its own. */
    private static FailureClass failureClass(Observation.Ended end, @Nullable FailureKind kind) {
        return end.state() == EndState.OUT_OF_MEMORY || kind == null
                ? FailureClass.of(end.state(), end.exitCode().orElse(-1))
                : FailureClass.of(kind);
    }

    private static boolean endedWith(Observation.Ended end, int exitCode) {
        return end.state() == EndState.COMPLETED && end.exitCode().orElse(exitCode) == exitCode;
    }

    private static String facts(Observation.Ended end, Optional<ExitRecord> record, Optional<String> manifestSha256) {
        String worker = record.map(found -> found.outcome() + " in run " + found.run() + " with exit code "
                        + found.exitCode() + " and manifest " + found.manifestSha256())
                .orElse("none");
        return "exit record: %s; executor: %s in run %d (%s); published manifest: %s"
                .formatted(worker, end.state(), end.run(), end.detail(), manifestSha256.orElse("none"));
    }
}
