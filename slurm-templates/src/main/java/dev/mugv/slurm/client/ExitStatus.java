package dev.mugv.slurm.client;

/**
 * How a batch script ended.
 *
 * @param code of its exit, 0 when a signal ended it
 * @param signal number, 0 when none did; Slurm uses 53 for files it cannot open and 125 for memory
 */
public record ExitStatus(int code, int signal) {
    /** Reads {@code 3:0} as accounting writes it, or the raw wait status of squeue: 768. */
    static ExitStatus parse(String text) {
        int colon = text.indexOf(':');
        if (colon >= 0) {
            return new ExitStatus(
                    Integer.parseInt(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
        }
        int raw = Integer.parseInt(text);
        return new ExitStatus((raw >> 8) & 0xff, raw & 0x7f);
    }

    /** As bash would report it: a signal is 128 plus its number. */
    public int asShell() {
        return signal == 0 ? code : 128 + signal;
    }

    @Override
    public String toString() {
        return code + ":" + signal;
    }
}
