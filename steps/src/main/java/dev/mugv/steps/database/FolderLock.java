package dev.mugv.steps.database;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An exclusive lock between processes on this host; the kernel frees it when its holder dies, however it dies. */
final class FolderLock implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(20);

    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Waits for the lock.
     *
     * @throws WorkFailure of kind {@link FailureKind#TRANSIENT} when it is still held after {@code limit}
     */
    static FolderLock acquire(Path file, Duration limit) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            boolean locked = false;
            try {
                locked = new Patience(limit).until(() -> tryLock(channel) != null, POLL);
            } finally {
                if (!locked) {
                    channel.close();
                }
            }
            if (!locked) {
                throw new WorkFailure(
                        FailureKind.TRANSIENT,
                        ("Cannot lock '%s': expected it free within %d s, found another process holding it."
                                        + " Wait for that command to end and try again.")
                                .formatted(file, limit.toSeconds()));
            }
            return new FolderLock(channel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByAThreadOfThisProcess) {
            return null;
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
