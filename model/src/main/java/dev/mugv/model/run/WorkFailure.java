package dev.mugv.model.run;

import org.jspecify.annotations.Nullable;

/**
 * A failure with its kind and a message of the form {@code Cannot <verb> <object>: <fact>. <Next action>.}, meant to be
 * shown to the user as it stands, without a stack trace.
 */
public final class WorkFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final FailureKind kind;

    public WorkFailure(FailureKind kind, String message) {
        this(kind, message, null);
    }

    public WorkFailure(FailureKind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What the caller should do about it. */
    public FailureKind kind() {
        return kind;
    }

    /** The message, which is never absent. */
    public String text() {
        String message = getMessage();
        return message == null ? kind.name() : message;
    }
}
