package dev.mugv.model.tensor;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file's bytes, read at any place as they are asked for, so that a file of any size can be used without being held in memory.
 *
 * <p>What is copied is read, not mapped: mapped pages would count as this process's memory until the collector happens to
 * find the mapping (4.5 GiB for a model of 1.2 billion parameters), and a file cut short meanwhile would end the process by a
 * signal instead of an error. What is to stay where it lies is {@link #mapped}.
 */
public final class FileContent implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final long bytes;

    private FileContent(Path file, FileChannel channel, long bytes) {
        this.file = file;
        this.channel = channel;
        this.bytes = bytes;
    }

    /** Opens a file; reads nothing yet. */
    public static FileContent open(Path file) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            try {
                return new FileContent(file, channel, channel.size());
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Size of the file when it was opened. */
    public long bytes() {
        return bytes;
    }

    /** For what reads the file otherwise; stays this one's. */
    public FileChannel channel() {
        return channel;
    }

    /** Fills the target with the bytes from a position on. */
    public void copy(long position, ByteBuffer target) {
        if (position < 0 || target.remaining() > bytes - position) {
            throw new IllegalArgumentException(
                    "%d bytes from %d of a file of %d were asked for".formatted(target.remaining(), position, bytes));
        }
        long next = position;
        try {
            while (target.hasRemaining()) {
                int count = channel.read(target, next);
                if (count < 0) {
                    throw new EOFException(
                            "Cannot read '%s': it ends at byte %d, and had %d when it was opened. Keep files in place while they are in use."
                                    .formatted(file, next, bytes));
                }
                next += count;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A part of the file as one buffer, little-endian and read-only, for under 2 GiB. It stays valid after this file is
     * closed.
     */
    public ByteBuffer mapped(long position, long count) {
        if (position < 0 || count > bytes - position || count > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "%d bytes from %d of a file of %d were asked for".formatted(count, position, bytes));
        }
        try {
            return channel.map(FileChannel.MapMode.READ_ONLY, position, count).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
