package dev.mugv.model.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file's bytes, mapped into memory read-only and window by window as they are asked for, so that a file of any size can be
 * read at any place without being held in the heap. The system takes mapped pages back as it needs them.
 */
public final class MappedFile implements AutoCloseable {
    private static final int WINDOW_BITS = 30;
    private static final long WINDOW_BYTES = 1L << WINDOW_BITS;

    private final FileChannel channel;
    private final long bytes;
    private final @Nullable ByteBuffer[] windows;

    private MappedFile(FileChannel channel, long bytes) {
        this.channel = channel;
        this.bytes = bytes;
        this.windows = new @Nullable ByteBuffer[Math.toIntExact((bytes + WINDOW_BYTES - 1) >> WINDOW_BITS)];
    }

    /** Opens a file; maps nothing yet. */
    public static MappedFile open(Path file) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            try {
                return new MappedFile(channel, channel.size());
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
        long next = position;
        while (target.hasRemaining()) {
            ByteBuffer window = window((int) (next >> WINDOW_BITS));
            int start = (int) (next & (WINDOW_BYTES - 1));
            int count = Math.min(target.remaining(), window.limit() - start);
            if (count <= 0) {
                throw new IllegalArgumentException(
                        "byte %d of a file of %d bytes was asked for".formatted(next, bytes));
            }
            target.put(target.position(), window, start, count);
            target.position(target.position() + count);
            next += count;
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

    private ByteBuffer window(int index) {
        ByteBuffer window = windows[index];
        if (window == null) {
            long start = (long) index << WINDOW_BITS;
            try {
                window = channel.map(FileChannel.MapMode.READ_ONLY, start, Math.min(WINDOW_BYTES, bytes - start));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            windows[index] = window;
        }
        return window;
    }
}
