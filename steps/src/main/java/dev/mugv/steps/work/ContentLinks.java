package dev.mugv.steps.work;

import dev.mugv.model.run.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Names by content for files that lie elsewhere: symbolic links in the workspace, so that work orders name contents and never
 * places. A file that is moved is the same work.
 *
 * @param workspace where workers run, and what their paths are relative to
 */
public record ContentLinks(Path workspace) {
    private static final Path GIVEN = Path.of("given");

    /**
     * A file under its name.
     *
     * @param path relative to the workspace
     */
    public record Named(Path path, String sha256) {}

    /**
     * Reads a file once and links it as {@code given/<sha256>}.
     *
     * @throws UncheckedIOException if it cannot be read
     */
    public Named name(Path file) {
        String sha256 = Sha256.ofFile(file);
        Path path = GIVEN.resolve(sha256);
        link(path, file);
        return new Named(path, sha256);
    }

    /** Makes a path of the workspace lead to a file; safe to repeat, also for a file that has moved. */
    public void link(Path path, Path file) {
        Path link = workspace.resolve(path);
        Path target = file.toAbsolutePath().normalize();
        try {
            Files.createDirectories(link.getParent());
            if (Files.isSymbolicLink(link) && !Files.readSymbolicLink(link).equals(target)) {
                Files.delete(link);
            }
            Files.createSymbolicLink(link, target);
        } catch (FileAlreadyExistsException e) {
            // The link of an earlier time: same content by its name, same target as just checked.
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
