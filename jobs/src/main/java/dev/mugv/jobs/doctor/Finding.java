package dev.mugv.jobs.doctor;

/**
 * One thing that was looked at.
 *
 * @param subject what it is about, a few words
 * @param fact what was found
 * @param next what to do; empty when nothing is
 */
public record Finding(String subject, State state, String fact, String next) {
    /** How it stands. */
    public enum State {
        OK,
        /** It works, or may work, with a disadvantage that is said. */
        WARNING,
        /** Work would fail. */
        FAILED
    }

    static Finding ok(String subject, String fact) {
        return new Finding(subject, State.OK, fact, "");
    }

    static Finding warning(String subject, String fact, String next) {
        return new Finding(subject, State.WARNING, fact, next);
    }

    static Finding failed(String subject, String fact, String next) {
        return new Finding(subject, State.FAILED, fact, next);
    }
}
