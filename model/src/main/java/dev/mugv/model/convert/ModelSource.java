package dev.mugv.model.convert;

import dev.mugv.model.archive.TensorFiles;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.TensorSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the weights behind a path: a file, this product's folder, a Megatron checkpoint, or a folder of shards. */
final class ModelSource {
    private static final String INDEX_SUFFIX = ".index.json";

    private ModelSource() {}

    /**
     * Opens what is there.
     *
     * @throws WorkFailure of kind INVALID_REQUEST if it is none of these; CORRUPT if it is damaged
     */
    static TensorSource open(Path path) {
        if (!Files.isDirectory(path)) {
            return TensorFiles.open(path);
        }
        Optional<Path> weights = ModelFolder.weights(path);
        if (weights.isPresent()) {
            return TensorFiles.open(weights.get());
        }
        if (MegatronFolder.isOne(path)) {
            return MegatronFolder.open(path);
        }
        List<Path> indexes = indexes(path);
        if (indexes.size() != 1) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot convert the folder '%s': it is neither a model of mugv nor a Megatron checkpoint, and has %d files *%s, expected 1. Give a file of weights."
                            .formatted(path, indexes.size(), INDEX_SUFFIX));
        }
        return TensorFiles.open(indexes.get(0));
    }

    private static List<Path> indexes(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> entry.toString().endsWith(INDEX_SUFFIX))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
