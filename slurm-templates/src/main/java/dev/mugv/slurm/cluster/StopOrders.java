package dev.mugv.slurm.cluster;

import dev.mugv.slurm.executor.ArraySubmission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The stops that were asked for, as files {@code <submission>/slurm/stop-<index>} holding the second at which patience
 * ends: a controller that was killed after asking leaves them to the next one.
 */
final class StopOrders {
    private static final Pattern NAME = Pattern.compile("stop-(\\d{1,9})");

    private final Path folder;

    StopOrders(ArraySubmission submission) {
        this.folder = submission.folder().resolve("slurm");
    }

    /** Notes a stop and asks the worker by its stop file; an earlier order stands. */
    void add(ArraySubmission submission, Set<Integer> indices, Instant until) throws IOException {
        Files.createDirectories(folder);
        for (int index : indices) {
            Path order = folder.resolve("stop-" + index);
            if (!Files.exists(order)) {
                Path pending =
                        Files.writeString(folder.resolve("pending-" + index), Long.toString(until.getEpochSecond()));
                Files.move(pending, order, StandardCopyOption.ATOMIC_MOVE);
            }
            Files.createDirectories(submission.attempt(index));
            // Empty, also where a signal has made it: that one's would end with its run.
            Files.write(submission.stopFile(index), new byte[0]);
        }
    }

    /** When patience ends, by index. */
    Map<Integer, Instant> all() throws IOException {
        if (!Files.isDirectory(folder)) {
            return Map.of();
        }
        Map<Integer, Instant> orders = new HashMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    orders.put(
                            Integer.parseInt(name.group(1)),
                            Instant.ofEpochSecond(
                                    Long.parseLong(Files.readString(file).strip())));
                }
            }
        }
        return orders;
    }
}
