package dev.mugv.model.checkpoint;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.OutputManifest.FileEntry;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Reads a published checkpoint's folder and compares it with its manifest. */
final class CheckpointReading {
    private static final String VERSION = "format-version";

    private CheckpointReading() {}

    /** A checkpoint whose files are all hashed again. */
    static Checkpoint verified(Path folder, long update) {
        Checkpoint checkpoint = open(folder, update);
        checkpoint.manifest().files().forEach((name, expected) -> requireContent(folder.resolve(name), expected));
        return checkpoint;
    }

    /** A checkpoint that another rank has verified. */
    static Checkpoint open(Path folder, long update) {
        CheckpointManifest manifest = read(
                folder.resolve(CheckpointManifest.FILE_NAME),
                CheckpointManifest.class,
                CheckpointManifest.FORMAT_VERSION);
        requireSameNames(folder, manifest);
        CheckpointState state =
                read(folder.resolve(CheckpointState.FILE_NAME), CheckpointState.class, CheckpointState.FORMAT_VERSION);
        if (state.update() != update) {
            throw damaged(folder, "update " + update, "a state of update " + state.update());
        }
        return new Checkpoint(folder, state, manifest);
    }

    /** The state of a checkpoint that need not be whole; nothing where it cannot be read. */
    static Optional<CheckpointState> state(Path folder) {
        try {
            return Optional.of(Json.read(folder.resolve(CheckpointState.FILE_NAME), CheckpointState.class));
        } catch (WorkFailure | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    /** Another version is no damage: the checkpoint before would be of the same one. */
    private static <T> T read(Path file, Class<T> type, int version) {
        if (!Files.isRegularFile(file)) {
            throw damaged(file, "a file", "none");
        }
        JsonNode tree = Json.read(file, JsonNode.class);
        int found = tree.path(VERSION).asInt(version);
        if (found != version) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot resume from '%s': expected format version %d, found %d. Finish this training with the release that began it, or move its folder away to train from the start."
                            .formatted(file, version, found));
        }
        return Json.read(file, type);
    }

    private static void requireSameNames(Path folder, CheckpointManifest manifest) {
        Set<String> expected = new TreeSet<>(manifest.files().keySet());
        expected.add(CheckpointManifest.FILE_NAME);
        Set<String> found = new TreeSet<>();
        try (Stream<Path> entries = Files.list(folder)) {
            entries.forEach(entry -> found.add(entry.getFileName().toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!found.equals(expected) || !expected.contains(CheckpointState.FILE_NAME)) {
            throw damaged(folder, "files " + expected, found.toString());
        }
    }

    private static void requireContent(Path file, FileEntry expected) {
        try {
            FileEntry found = new FileEntry(Files.size(file), Sha256.ofFile(file));
            if (!found.equals(expected)) {
                throw damaged(file, describe(expected), describe(found));
            }
        } catch (NoSuchFileException e) {
            throw damaged(file, describe(expected), "no file");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String describe(FileEntry entry) {
        return "%d bytes with SHA-256 %s".formatted(entry.bytes(), entry.sha256());
    }

    private static WorkFailure damaged(Path path, String expected, String found) {
        return new WorkFailure(
                FailureKind.CORRUPT,
                "Cannot resume from '%s': expected %s, found %s. Delete the checkpoint to go on from the one before."
                        .formatted(path, expected, found));
    }
}
