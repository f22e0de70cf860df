package dev.mugv.slurm.ssh;

/** There is no link to the host, or it is lost; whether a command that was under way had its effect is not known. */
final class LinkException extends Exception {
    private static final long serialVersionUID = 1;

    private final Cure cure;

    /** What can end it. */
    enum Cure {
        /** Trying again. */
        TIME,
        /** A person: another attempt would be refused too, and too many of them get an account locked. */
        PERSON
    }

    LinkException(String message, Cure cure, Throwable cause) {
        super(message, cause);
        this.cure = cure;
    }

    Cure cure() {
        return cure;
    }
}
