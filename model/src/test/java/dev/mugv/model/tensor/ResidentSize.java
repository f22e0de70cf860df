package dev.mugv.model.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much physical memory this process has, by {@code /proc/self/status} (Linux). */
public final class ResidentSize {
    private ResidentSize() {}

    /** Now, in KiB. */
    public static long kibibytes() {
        return field("VmRSS:");
    }

    /** The most since the process began, in KiB. */
    public static long peakKibibytes() {
        return field("VmHWM:");
    }

    private static long field(String name) {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
