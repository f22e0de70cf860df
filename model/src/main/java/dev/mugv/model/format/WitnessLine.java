package dev.mugv.model.format;

import java.time.Instant;

/**
 * A line of a witness file, {@code <token>_<index>_<run>_<pid>.jsonl}: what one run says of itself, whatever the engine
 * believes. A run that is killed leaves no last word, so each line is also a sign of life.
 *
 * @param event what happens
 * @param piece name of the piece of work
 * @param token the submission's
 * @param index logical array index
 * @param attempt number of the attempt
 * @param run restart count as the executor gives it to the process
 * @param host where it runs
 * @param pid of the process
 * @param job the executor's own id; empty where there is none
 */
public record WitnessLine(
        Event event,
        String piece,
        String token,
        int index,
        int attempt,
        int run,
        String host,
        long pid,
        String job,
        Instant at) {
    /** What a run says. */
    public enum Event {
        STARTED,
        ALIVE,
        /** It was to be killed for its memory, and was not: nobody limits it here. */
        UNLIMITED,
        /** The work is done; what follows is publication. */
        DONE,
        /** It left because it was asked to. */
        STOPPED
    }
}
