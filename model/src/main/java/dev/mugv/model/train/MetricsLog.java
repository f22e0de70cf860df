package dev.mugv.model.train;

import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The growing {@code metrics.jsonl} of a training: one JSON line an update, appended as it happens. After a resume it is cut
 * back to the resumed update, so that every update appears once.
 */
public final class MetricsLog implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private long next;

    private MetricsLog(Path file, FileChannel channel, long next) {
        this.file = file;
        this.channel = channel;
        this.next = next;
    }

    /** An empty log; an existing file is emptied. */
    public static MetricsLog start(Path file) {
        return open(file, 0, 0);
    }

    /**
     * The log of a training that goes on after {@code update}: later lines and a torn last one are cut off.
     *
     * @throws WorkFailure of kind {@link FailureKind#CORRUPT} if lines up to that update are missing
     */
    public static MetricsLog resume(Path file, long update) {
        long kept = 0;
        long bytes = 0;
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.US_ASCII)) {
            for (String line = lines.readLine(); line != null && kept <= update; line = lines.readLine()) {
                if (MetricsLine.parse(line).update() != kept) {
                    break;
                }
                kept++;
                // Written by this class as ASCII: one byte a character, one for the line break.
                bytes += line.length() + 1L;
            }
        } catch (JacksonException | NoSuchFileException | CharacterCodingException e) {
            throw missing(file, kept, update, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (kept <= update) {
            throw missing(file, kept, update, null);
        }
        return open(file, kept, bytes);
    }

    /** Update of the last line; -1 when there is none. */
    public long lastUpdate() {
        return next - 1;
    }

    /** Forgets every line after an update, for a training that goes back. */
    public void cutBack(long update) {
        try (MetricsLog earlier = resume(file, update)) {
            next = earlier.next;
            channel.position(earlier.channel.position());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All lines, from update 0, read from the file. */
    public List<MetricsLine> lines() {
        return MetricsLine.readAll(file);
    }

    /** Adds the next update's line. */
    public void append(MetricsLine line) {
        if (line.update() != next) {
            throw new IllegalStateException(
                    "metrics of update %d follow those of update %d".formatted(line.update(), lastUpdate()));
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap((line.json() + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        next++;
    }

    /** Makes the lines survive a power failure; to be called before the checkpoint that relies on them. */
    // Of the file, not of this channel, which the training's thread may write to and close meanwhile.
    public void force() {
        try (FileChannel lines = FileChannel.open(file, StandardOpenOption.WRITE)) {
            lines.force(true);
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

    private static MetricsLog open(Path file, long next, long bytes) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.truncate(bytes);
            channel.position(bytes);
            return new MetricsLog(file, channel, next);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static WorkFailure missing(Path file, long found, long expected, @Nullable Exception e) {
        return new WorkFailure(
                FailureKind.CORRUPT,
                "Cannot resume from '%s': expected metrics up to update %d, found %d whole lines. Delete the folder '%s' to train again from the start."
                        .formatted(file, expected, found, file.getParent()),
                e);
    }
}
