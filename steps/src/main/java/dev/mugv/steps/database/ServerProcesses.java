package dev.mugv.steps.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The live processes of one server, told by the cluster name that stands in all their titles.
 *
 * <p>A process number alone proves nothing (numbers are reused), and a zombie is not alive though its number answers to
 * signal 0, which is why PostgreSQL itself refuses to start beside one. A zombie has no command line.
 *
 * @param clusterName unique to the data folder
 */
record ServerProcesses(String clusterName) {
    private static final Path PROC = Path.of("/proc");

    /** Numbers of all processes of this server, first process and children alike. */
    List<Long> live() {
        List<Long> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                if (isLive(pid)) {
                    found.add(pid);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /** Whether this process lives and belongs to the server. */
    boolean isLive(long pid) {
        String title;
        try {
            title = new String(
                    Files.readAllBytes(PROC.resolve(Long.toString(pid)).resolve("cmdline")), StandardCharsets.UTF_8);
        } catch (IOException gone) {
            return false;
        }
        String program = title.split("\0", 2)[0];
        boolean server = program.startsWith("postgres:") || program.endsWith("/postgres");
        return server && title.contains(clusterName);
    }
}
