package dev.mugv.slurm.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** This machine's name as bash has it in {@code HOSTNAME}. */
final class HostName {
    private HostName() {}

    static String current() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("the local executor needs a Linux with /proc", e);
        }
    }
}
