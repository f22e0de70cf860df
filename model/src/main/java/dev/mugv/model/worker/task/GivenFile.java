package dev.mugv.model.worker.task;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file from elsewhere, which must still be what was planned with. */
final class GivenFile {
    private GivenFile() {}

    /**
     * Reads it once.
     *
     * @param path relative to the workspace, where it is a link named by its content
     * @return where it really lies, so that messages name what the user knows
     * @throws WorkFailure of kind INVALID_REQUEST when it is gone or another
     */
    static Path require(TaskContext context, Path path, String sha256) throws IOException {
        Path link = context.order().workspace().resolve(path);
        if (!Files.isRegularFile(link)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot import '%s': there is no such file. Correct its path in the configuration."
                            .formatted(Files.isSymbolicLink(link) ? Files.readSymbolicLink(link) : link));
        }
        Path file = link.toRealPath();
        String found = Sha256.ofFile(file);
        if (!found.equals(sha256)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot import '%s': expected SHA-256 %s, found %s. Run the command again to take the present file."
                            .formatted(file, sha256, found));
        }
        return file;
    }
}
