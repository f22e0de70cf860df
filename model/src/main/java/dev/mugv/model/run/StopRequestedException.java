package dev.mugv.model.run;

/** The task ended early because a stop was asked for; what is needed to go on later has been saved. */
public final class StopRequestedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StopRequestedException(String message) {
        super(message);
    }
}
