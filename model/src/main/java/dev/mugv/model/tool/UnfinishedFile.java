package dev.mugv.model.tool;

import dev.mugv.model.run.DurableFile;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that is written beside its place and moved there when it is whole. What is not finished goes when this is closed, and
 * when the process is interrupted (Ctrl-C, SIGTERM).
 */
final class UnfinishedFile implements AutoCloseable {
    private final Path place;
    private final Path pending;
    private final Thread whenInterrupted;

    private UnfinishedFile(Path place, Path pending) {
        this.place = place;
        this.pending = pending;
        HardExit exit = new HardExit();
        this.whenInterrupted = new Thread(
                () -> {
                    delete();
                    exit.end(HardExit.INTERRUPTED);
                },
                "delete " + pending.getFileName());
        Runtime.getRuntime().addShutdownHook(whenInterrupted);
    }

    /**
     * Reserves room for a file: its folder can be written, or this fails now.
     *
     * @param place where it goes
     * @throws WorkFailure of kind INVALID_REQUEST if its folder cannot be written
     */
    static UnfinishedFile at(Path place) {
        Path pending = DurableFile.pendingName(place);
        try {
            Files.createFile(pending);
            return new UnfinishedFile(place, pending);
        } catch (IOException e) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot write '%s': expected a folder that can be written, found: %s. Correct --out."
                            .formatted(place, e),
                    e);
        }
    }

    /** Where to write. */
    Path path() {
        return pending;
    }

    /** Moves the file to its place; it survives a power failure from then on. */
    void publish() {
        try {
            DurableFile.force(pending);
            DurableFile.publish(pending, place);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        delete();
        try {
            Runtime.getRuntime().removeShutdownHook(whenInterrupted);
        } catch (IllegalStateException alreadyEnding) {
            // The hook runs, or has run.
            return;
        }
    }

    private void delete() {
        try {
            Files.deleteIfExists(pending);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
