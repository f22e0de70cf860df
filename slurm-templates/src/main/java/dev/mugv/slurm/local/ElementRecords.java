package dev.mugv.slurm.local;

import dev.mugv.slurm.executor.ArraySubmission;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The local executor's memory of a submission: small files of {@code name=value} lines in {@code <submission>/local},
 * each made whole by a hard link, so that it has one author and is never seen half written.
 *
 * <pre>
 * accepted     the submission was taken
 * begin-I      element I was started by a supervisor (kind=started, host, pid, start, boot, at),
 *              or cancelled before that (kind=cancelled, at)
 * limit-I      element I has reached its time limit and is being ended for it (at, limit)
 * stop-I       element I is to be ended when its grace is over (at, until)
 * end-I        element I is over (kind=exited, status, at), or nobody saw it end (kind=vanished, at)
 * </pre>
 */
final class ElementRecords {
    static final String ACCEPTED = "accepted";

    private final Path folder;

    ElementRecords(ArraySubmission submission) {
        this.folder = submission.folder().resolve("local");
    }

    Path folder() {
        return folder;
    }

    static String begin(int index) {
        return "begin-" + index;
    }

    static String stop(int index) {
        return "stop-" + index;
    }

    static String limit(int index) {
        return "limit-" + index;
    }

    static String end(int index) {
        return "end-" + index;
    }

    /** The names of all records, in one listing. */
    Set<String> names() throws IOException {
        if (!Files.isDirectory(folder)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            Set<String> names = new HashSet<>();
            files.forEach(file -> names.add(file.getFileName().toString()));
            return names;
        }
    }

    Optional<Map<String, String>> find(String name) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return Optional.of(values);
    }

    /** Makes a record durable unless it exists; whose it is, the reader sees in it. */
    void create(String name, Map<String, ?> values) throws IOException {
        Files.createDirectories(folder);
        StringBuilder text = new StringBuilder();
        values.forEach(
                (key, value) -> text.append(key).append('=').append(value).append('\n'));
        Path pending = Files.createTempFile(folder, "pending-" + name + "-", "");
        try {
            Files.write(pending, text.toString().getBytes(StandardCharsets.UTF_8));
            force(pending);
            Files.createLink(folder.resolve(name), pending);
            force(folder);
        } catch (FileAlreadyExistsException e) {
            // the earlier author's record stands
        } finally {
            Files.deleteIfExists(pending);
        }
    }

    static Instant instant(Map<String, String> record, String name) {
        return Instant.ofEpochSecond(Long.parseLong(record.getOrDefault(name, "0")));
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
