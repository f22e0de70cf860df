package dev.mugv.jobs.web;

import dev.mugv.jobs.batch.RunIdentity;
import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.OutputManifest;
import dev.mugv.model.run.TaskKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The pictures and videos that may be sent: those that the manifest of an artifact names which a stage of the run consists of,
 * and that lie in the workspace's artifacts indeed. A name never reaches the file system before the manifest was found to have
 * it, and where a link leads out of the artifacts, nothing is sent.
 */
final class PublishedFiles {
    private static final Map<String, MediaType> TYPES = Map.of(
            "png", MediaType.IMAGE_PNG,
            "jpg", MediaType.IMAGE_JPEG,
            "jpeg", MediaType.IMAGE_JPEG,
            "mp4", new MediaType("video", "mp4"));

    private final JdbcClient jdbc;

    PublishedFiles(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A file with its type. */
    record Found(Path file, MediaType type) {}

    /**
     * The file of these names.
     *
     * @param task label of the task that made the artifact
     * @param key of the artifact, or its short form
     * @param name as it stands in the manifest
     * @throws NoSuchPage when the run has no such file, or it is none that a page shows
     */
    Found require(RunIdentity run, String task, String key, String name) {
        return find(run, task, key, name)
                .orElseThrow(() -> new NoSuchPage(
                        "file '%s' of %s %s".formatted(name, task, key),
                        "expected a picture or video of an artifact of run '%s', found none of this name. See the run's pages."
                                .formatted(run.name())));
    }

    private Optional<Found> find(RunIdentity run, String task, String key, String name) {
        Optional<MediaType> type = Optional.ofNullable(TYPES.get(ending(name)));
        Optional<TaskKind> kind = Arrays.stream(TaskKind.values())
                .filter(each -> each.label().equals(task))
                .findFirst();
        if (type.isEmpty() || kind.isEmpty()) {
            return Optional.empty();
        }
        return key(run, kind.get(), key)
                .flatMap(known -> inside(run, kind.get(), known, name))
                .map(file -> new Found(file, type.get()));
    }

    private Optional<ArtifactKey> key(RunIdentity run, TaskKind task, String beginning) {
        if (!beginning.matches("[0-9a-f]{16,64}")) {
            return Optional.empty();
        }
        List<String> keys = jdbc.sql("""
                        SELECT DISTINCT artifact_key FROM stage_artifact
                        WHERE run_name = ? AND task = ? AND starts_with(artifact_key, ?)""")
                .params(run.name(), task.name(), beginning)
                .query(String.class)
                .list();
        return keys.size() == 1 ? Optional.of(new ArtifactKey(keys.get(0))) : Optional.empty();
    }

    private static Optional<Path> inside(RunIdentity run, TaskKind task, ArtifactKey key, String name) {
        Path folder = new ArtifactStore(run.workspace()).folder(task, key);
        Path manifest = folder.resolve(OutputManifest.FILE_NAME);
        if (!Files.isRegularFile(manifest)
                || !Json.read(manifest, OutputManifest.class).files().containsKey(name)) {
            return Optional.empty();
        }
        try {
            Path artifacts = run.workspace().resolve("artifacts").toRealPath();
            Path file = folder.resolve(name).toRealPath();
            return file.startsWith(artifacts) && Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static String ending(String name) {
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }
}
