package dev.mugv.steps.retention;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.OutputManifest;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Artifacts in a workspace, made by a test. */
public final class WrittenArtifact {
    private WrittenArtifact() {}

    /**
     * Writes an artifact without inputs.
     *
     * @param name what its key is made of
     */
    public static ArtifactRef write(Path workspace, TaskKind task, String name, Map<String, String> files) {
        return write(workspace, task, name, files, List.of());
    }

    /** The same with inputs. */
    public static ArtifactRef write(
            Path workspace, TaskKind task, String name, Map<String, String> files, List<ArtifactRef> inputs) {
        Map<String, byte[]> bytes = new TreeMap<>();
        files.forEach((file, text) -> bytes.put(file, text.getBytes(StandardCharsets.UTF_8)));
        return writeBytes(workspace, task, name, bytes, inputs);
    }

    /** The same of bytes; names may have folders. */
    public static ArtifactRef writeBytes(Path workspace, TaskKind task, String name, Map<String, byte[]> files) {
        return writeBytes(workspace, task, name, files, List.of());
    }

    private static ArtifactRef writeBytes(
            Path workspace, TaskKind task, String name, Map<String, byte[]> files, List<ArtifactRef> inputs) {
        ArtifactKey key = new ArtifactKey(Sha256.of(name.getBytes(StandardCharsets.UTF_8)));
        Path folder = new ArtifactStore(workspace).folder(task, key);
        TreeMap<String, OutputManifest.FileEntry> entries = new TreeMap<>();
        try {
            Files.createDirectories(folder);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Path path = folder.resolve(file.getKey());
                Files.createDirectories(path.getParent());
                Files.write(path, file.getValue());
                entries.put(file.getKey(), new OutputManifest.FileEntry(Files.size(path), Sha256.ofFile(path)));
            }
            byte[] manifest = Json.pretty(
                            new OutputManifest(OutputManifest.FORMAT_VERSION, task, key, "test", inputs, entries))
                    .getBytes(StandardCharsets.UTF_8);
            Files.write(folder.resolve(OutputManifest.FILE_NAME), manifest);
            return new ArtifactRef(task, key.value(), Sha256.of(manifest));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a folder with everything in it. */
    public static void delete(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
