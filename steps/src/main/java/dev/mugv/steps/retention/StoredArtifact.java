package dev.mugv.steps.retention;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.OutputManifest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * A published artifact as it lies on disk.
 *
 * @param inputs what it was made from
 * @param publishedAt by its manifest's time
 */
public record StoredArtifact(
        ArtifactRef ref, Path folder, List<ArtifactRef> inputs, int files, long bytes, Instant publishedAt) {
    static StoredArtifact of(Path folder, String manifestSha256, OutputManifest manifest, Instant publishedAt) {
        return new StoredArtifact(
                new ArtifactRef(manifest.task(), manifest.key().value(), manifestSha256),
                folder,
                manifest.inputs(),
                manifest.files().size(),
                manifest.files().values().stream()
                        .mapToLong(OutputManifest.FileEntry::bytes)
                        .sum(),
                publishedAt);
    }
}
