package dev.mugv.model.train;

import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;

/**
 * The growing {@code metrics.jsonl} of a training: one JSON line an update, appended as it happens. After a resume it is cut
 * back to the resumed update, so that every update appears once.
 */
public final class MetricsLog implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final List<MetricsLine> lines;

    private MetricsLog(Path file, FileChannel channel, List<MetricsLine> lines) {
        this.file = file;
        this.channel = channel;
        this.lines = lines;
    }

    /** An empty log; an existing file is emptied. */
    public static MetricsLog start(Path file) {
        return open(file, new ArrayList<>(), 0);
    }

    /**
     * The log of a training that goes on after {@code update}: later lines and a torn last one are cut off.
     *
     * @throws WorkFailure of kind {@link FailureKind#CORRUPT} if lines up to that update are missing
     */
    public static MetricsLog resume(Path file, long update) {
        List<MetricsLine> kept = new ArrayList<>();
        long bytes = 0;
        try {
            String text = Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
            for (int start = 0; kept.size() <= update; ) {
                int end = text.indexOf('\n', start);
                if (end < 0) {
                    break;
                }
                MetricsLine line = MetricsLine.parse(text.substring(start, end));
                if (line.update() != kept.size()) {
                    break;
                }
                kept.add(line);
                start = end + 1;
                // Written by this class as ASCII: one byte a character.
                bytes = start;
            }
        } catch (JacksonException e) {
            throw missing(file, kept.size(), update, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (kept.size() <= update) {
            throw missing(file, kept.size(), update, null);
        }
        return open(file, kept, bytes);
    }

    /** Lines so far, from update 0. */
    public List<MetricsLine> lines() {
        return List.copyOf(lines);
    }

    /** Adds the next update's line. */
    public void append(MetricsLine line) {
        if (line.update() != lines.size()) {
            throw new IllegalStateException(
                    "metrics of update %d follow those of update %d".formatted(line.update(), lines.size() - 1));
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap((line.json() + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        lines.add(line);
    }

    /** Makes the lines survive a power failure; to be called before the checkpoint that relies on them. */
    public void force() {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path file() {
        return file;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MetricsLog open(Path file, List<MetricsLine> lines, long bytes) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.truncate(bytes);
            channel.position(bytes);
            return new MetricsLog(file, channel, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static WorkFailure missing(
            Path file, int found, long expected, @org.jspecify.annotations.Nullable Exception e) {
        return new WorkFailure(
                FailureKind.CORRUPT,
                "Cannot resume from '%s': expected metrics up to update %d, found %d whole lines. Delete the folder '%s' to train again from the start."
                        .formatted(file, expected, found, file.getParent()),
                e);
    }
}
