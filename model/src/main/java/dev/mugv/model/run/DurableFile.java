package dev.mugv.model.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes that survive a power failure: content under a pending name, fsync, rename, fsync of the folder. A reader finds
 * the old file or the new one, never a part of either.
 */
public final class DurableFile {
    /** Files and folders whose names begin so are unfinished and belong to their writer alone. */
    public static final String PENDING_PREFIX = "pending-";

    private DurableFile() {}

    /** Replaces a file's content; its folder must exist. */
    public static void write(Path file, byte[] content) throws IOException {
        Path pending = pendingName(file);
        try {
            try (FileChannel channel = FileChannel.open(
                    pending,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            publish(pending, file);
        } catch (IOException e) {
            Files.deleteIfExists(pending);
            throw e;
        }
    }

    /** Where to write a file that {@link #publish} will move to its name; private to this process. */
    public static Path pendingName(Path file) {
        return file.resolveSibling(PENDING_PREFIX + file.getFileName() + "-"
                + ProcessHandle.current().pid());
    }

    /** Moves a file whose content is already on disk to its name, replacing what stood there. */
    public static void publish(Path pending, Path file) throws IOException {
        Files.move(pending, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            force(folder);
        }
    }

    /** Forces a file's content, or a folder's list of names, to disk. */
    public static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
