package dev.mugv.model.convert;

import dev.mugv.model.run.DurableFile;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A file or folder that appears under its name whole or not at all, and never in the place of something else.
 *
 * @param to absolute
 */
record PendingOutput(Path to) {
    /** Writes a file or makes a folder. */
    interface Writer {
        void write(Path pending) throws IOException;
    }

    /**
     * @throws WorkFailure of kind INVALID_REQUEST if something is there already, or there is no folder for it
     */
    static PendingOutput at(Path to) {
        PendingOutput output = new PendingOutput(to.toAbsolutePath().normalize());
        output.requireFree();
        return output;
    }

    /**
     * @throws WorkFailure of kind RESOURCE_EXHAUSTED if the disk has less room than this
     */
    void requireRoom(long bytes) {
        try {
            long free = Files.getFileStore(folder()).getUsableSpace();
            if (free < bytes) {
                throw new WorkFailure(
                        FailureKind.RESOURCE_EXHAUSTED,
                        "Cannot write '%s': it needs at least %,d bytes, %,d are free. Make room or choose another disk."
                                .formatted(to, bytes, free));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes under a pending name, forces everything to the disk and renames; a failure leaves nothing. */
    void publish(Writer writer) {
        Path pending = DurableFile.pendingName(to);
        try {
            delete(pending);
            writer.write(pending);
            for (Path path : deepestFirst(pending)) {
                DurableFile.force(path);
            }
            requireFree();
            DurableFile.publish(pending, to);
        } catch (IOException e) {
            discard(pending, e);
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            discard(pending, e);
            throw e;
        }
    }

    private void requireFree() {
        if (Files.exists(to)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot write '%s': it is there already. Give another name, or remove it first.".formatted(to));
        }
        if (!Files.isDirectory(folder())) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot write '%s': its folder does not exist. Make the folder first.".formatted(to));
        }
    }

    private Path folder() {
        Path parent = to.getParent();
        return parent == null ? to : parent;
    }

    private static void discard(Path pending, Throwable cause) {
        try {
            delete(pending);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static void delete(Path root) throws IOException {
        if (Files.exists(root)) {
            for (Path path : deepestFirst(root)) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static List<Path> deepestFirst(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.sorted(Comparator.reverseOrder()).toList();
        }
    }
}
