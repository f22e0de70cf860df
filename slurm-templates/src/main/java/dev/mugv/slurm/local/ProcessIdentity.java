package dev.mugv.slurm.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process that cannot be mistaken for a later one with the same number.
 *
 * @param pid process number
 * @param startTicks clock ticks after boot at which it started (proc manual, /proc/pid/stat, field 22)
 * @param bootId identity of the running kernel
 */
record ProcessIdentity(long pid, long startTicks, String bootId) {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /** Whether this very process lives; a zombie is dead. */
    boolean isAlive() {
        return bootId.equals(currentBootId())
                && startTicksOf(pid).filter(ticks -> ticks == startTicks).isPresent();
    }

    /** The identity of a live process. */
    static Optional<ProcessIdentity> find(long pid) {
        return startTicksOf(pid).map(ticks -> new ProcessIdentity(pid, ticks, currentBootId()));
    }

    static String currentBootId() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("the local executor needs a Linux with /proc", e);
        }
    }

    private static Optional<Long> startTicksOf(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The name in parentheses may hold blanks and parentheses; the state is the first field behind it.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            boolean dead = fields[0].equals("Z") || fields[0].equals("X");
            return dead ? Optional.empty() : Optional.of(Long.parseLong(fields[19]));
        } catch (IOException e) {
            return Optional.empty(); // no such process, or it ended while its file was read
        }
    }
}
