package dev.mugv.jobs.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Prints what has been added to log files since it last looked, whole lines only, each after its worker's name. */
final class LogTail {
    private static final int MOST_BYTES_AT_ONCE = 1 << 20;

    private final PrintWriter out;
    private final int firstLines;
    private final Map<Path, Long> shown = new HashMap<>();

    /**
     * @param firstLines how many lines of a file are shown when it is first looked at
     */
    LogTail(PrintWriter out, int firstLines) {
        this.out = out;
        this.firstLines = firstLines;
    }

    /** Shows what is new in the logs of an attempt's runs; whether there is any log. */
    boolean show(String name, Path attemptFolder) {
        if (!Files.isDirectory(attemptFolder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(attemptFolder)) {
            List<Path> logs = files.filter(file -> file.getFileName().toString().matches("run-\\d+\\.log"))
                    .sorted()
                    .toList();
            for (Path log : logs) {
                showNew(name, log);
            }
            return !logs.isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void showNew(String name, Path log) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            Long from = shown.get(log);
            long start = from == null ? Math.max(0, file.length() - MOST_BYTES_AT_ONCE) : from;
            byte[] bytes = new byte[(int) Math.min(MOST_BYTES_AT_ONCE, Math.max(0, file.length() - start))];
            file.seek(start);
            file.readFully(bytes);
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] != '\n') {
                end--;
            }
            List<String> lines =
                    new String(bytes, 0, end, StandardCharsets.UTF_8).lines().toList();
            int skip = from == null ? Math.max(0, lines.size() - firstLines) : 0;
            lines.stream().skip(skip).forEach(line -> out.println(name + " | " + line));
            shown.put(log, start + end);
        }
    }
}
