package dev.mugv.steps.work;

import dev.mugv.slurm.executor.Observation;
import java.time.Duration;
import java.time.Instant;

/**
 * When a controller that does not stay may leave: as soon as nothing has changed for a moment, and later where something is being
 * found out that only an unbroken look can tell. Those looks begin anew with each controller, so one that always left at once would
 * never know.
 */
final class Departure {
    /** Two polls in a row. */
    static final Duration QUIET = Duration.ofSeconds(3);

    /** An end is held until Slurm will not revise it, and a missing trace is waited for. */
    static final Duration ENDING = Duration.ofSeconds(30);

    /** A token is searched for until its absence is proved. */
    static final Duration SEARCHING = Duration.ofSeconds(50);

    /** Neither tool accounts for an element: it is lost when that stands. */
    static final Duration UNACCOUNTED = Duration.ofSeconds(140);

    private Departure() {}

    /**
     * @param idleSince since when no transition was made
     */
    static boolean isDue(WorkSession session, Instant idleSince, Instant now) {
        return !now.isBefore(idleSince.plus(patience(session)));
    }

    private static Duration patience(WorkSession session) {
        Duration longest = session.submissions(SubmissionState.SUBMIT_UNKNOWN).isEmpty() ? QUIET : SEARCHING;
        for (AttemptEntry attempt : session.open()) {
            Duration own = patience(session.observations().get(attempt.element()));
            longest = own.compareTo(longest) > 0 ? own : longest;
        }
        return longest;
    }

    private static Duration patience(@org.jspecify.annotations.Nullable Observation observation) {
        if (observation instanceof Observation.NoAnswer) {
            return UNACCOUNTED;
        }
        boolean ends = observation instanceof Observation.Ended
                || observation instanceof Observation.Running running
                        && running.place().isEmpty()
                || observation instanceof Observation.Waiting waiting
                        && waiting.reason().startsWith("is ending");
        return ends ? ENDING : QUIET;
    }
}
