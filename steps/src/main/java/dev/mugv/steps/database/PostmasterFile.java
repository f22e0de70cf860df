package dev.mugv.steps.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A server's {@code postmaster.pid}: eight lines, the last one the state (PostgreSQL's {@code utils/pidfile.h}).
 *
 * @param pid process number of the server's first process
 * @param startSeconds when it started, in seconds since 1970
 * @param port TCP port
 * @param isReady whether it takes connections
 */
record PostmasterFile(long pid, long startSeconds, int port, boolean isReady) {
    private static final int LINES = 8;

    /** The file's content; empty when it is absent or still being written. */
    static Optional<PostmasterFile> read(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            if (lines.isEmpty()) {
                return Optional.empty();
            }
            long pid = Long.parseLong(lines.get(0).strip());
            boolean whole = lines.size() >= LINES;
            return Optional.of(new PostmasterFile(
                    pid,
                    whole ? Long.parseLong(lines.get(2).strip()) : 0,
                    whole ? Integer.parseInt(lines.get(3).strip()) : 0,
                    whole && lines.get(LINES - 1).strip().equals("ready")));
        } catch (IOException | NumberFormatException notThere) {
            return Optional.empty();
        }
    }
}
