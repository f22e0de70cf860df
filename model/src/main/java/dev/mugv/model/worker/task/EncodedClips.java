package dev.mugv.model.worker.task;

import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Clips that a shard's earlier attempts have encoded: one safetensors file each in the task's durable folder, named after
 * the clip and the file's own hash, so that a damaged one is recognised and made again.
 */
final class EncodedClips {
    private static final int HASH_DIGITS = 32;
    private static final String SUFFIX = ".safetensors";
    private static final String PENDING = ".pending";

    private final TaskContext context;
    private final Path folder;

    EncodedClips(TaskContext context) {
        this.context = context;
        this.folder = context.durableFolder();
    }

    /** The file of a clip, if an earlier attempt left a sound one. */
    Optional<Path> find(String clipId) {
        return files(clipId).stream()
                .filter(file -> file.getFileName().toString().equals(name(clipId, file)))
                .findFirst();
    }

    /** Publishes a clip's tensors by rename. */
    Path publish(String clipId, SafetensorsWriter tensors) {
        Path pending = folder.resolve(clipId + PENDING);
        tensors.write(pending);
        Path file = folder.resolve(name(clipId, pending));
        context.requireClaim();
        try {
            return Files.move(pending, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds all tensors of a clip's file to a shard: latents to one file, text to the other. */
    static void copy(Path file, SafetensorsWriter latents, SafetensorsWriter texts) {
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            for (String name : tensors.names()) {
                SafetensorsWriter target = name.startsWith("text.") ? texts : latents;
                target.add(name, tensors.shape(name), java.nio.FloatBuffer.wrap(tensors.floats(name)));
            }
        }
    }

    /** Removes the files, once the shard is whole. */
    void delete(List<String> clipIds) {
        try {
            for (String clipId : clipIds) {
                for (Path file : files(clipId)) {
                    Files.delete(file);
                }
                Files.deleteIfExists(folder.resolve(clipId + PENDING));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Path> files(String clipId) {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            all.filter(file -> file.getFileName().toString().startsWith(clipId + "."))
                    .filter(file -> file.getFileName().toString().endsWith(SUFFIX))
                    .sorted()
                    .forEach(found::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static String name(String clipId, Path content) {
        return clipId + "." + Sha256.ofFile(content).substring(0, HASH_DIGITS) + SUFFIX;
    }
}
