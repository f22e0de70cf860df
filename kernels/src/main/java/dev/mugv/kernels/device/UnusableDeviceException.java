package dev.mugv.kernels.device;

/** A device that was asked for and cannot be used; its message is meant for the user as it stands. */
public final class UnusableDeviceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param device as it was asked for
     * @param fact what was expected and what was found
     * @param next what the user can do, one or more sentences
     */
    public UnusableDeviceException(String device, String fact, String next) {
        super("Cannot use device '%s': %s. %s".formatted(device, fact, next));
    }
}
