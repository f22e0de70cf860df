package dev.mugv.jobs.web;

/** What was asked for is not there; the message is shown with status 404. */
final class NoSuchPage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param what for example {@code run 'cats'}
     * @param fact expected and found, with the next action
     */
    NoSuchPage(String what, String fact) {
        super("Cannot show %s: %s".formatted(what, fact));
    }

    /** The message, which is never absent. */
    String text() {
        return String.valueOf(getMessage());
    }
}
