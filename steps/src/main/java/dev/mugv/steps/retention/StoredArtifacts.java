package dev.mugv.steps.retention;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.OutputManifest;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything that a workspace has published. One manifest that cannot be read stops it: what that artifact was made from
 * could not be told, and so not what must stay.
 *
 * @param workspace absolute
 */
record StoredArtifacts(Path workspace) {
    List<StoredArtifact> all() {
        List<StoredArtifact> found = new ArrayList<>();
        Path root = workspace.resolve("artifacts");
        if (!Files.isDirectory(root)) {
            return found;
        }
        try (Stream<Path> folders = Files.walk(root, 2)) {
            for (Path folder :
                    folders.filter(StoredArtifacts::isPublished).sorted().toList()) {
                found.add(read(folder));
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isPublished(Path folder) {
        return folder.getFileName().toString().matches("[0-9a-f]{16}") && Files.isDirectory(folder);
    }

    private static StoredArtifact read(Path folder) throws IOException {
        Path file = folder.resolve(OutputManifest.FILE_NAME);
        if (!Files.exists(file)) {
            throw new WorkFailure(
                    FailureKind.CORRUPT,
                    "Cannot tell what artifact '%s' was made from: expected '%s', found nothing. Restore it, or move the folder away."
                            .formatted(folder, file));
        }
        return StoredArtifact.of(
                folder,
                Sha256.ofFile(file),
                Json.read(file, OutputManifest.class),
                Files.getLastModifiedTime(file).toInstant());
    }
}
