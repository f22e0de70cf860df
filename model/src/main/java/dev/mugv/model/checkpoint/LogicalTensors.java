package dev.mugv.model.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ElementType;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.TensorSource;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The tensors of a checkpoint as wholes, whatever layout wrote their parts. Files are opened as they are needed. */
final class LogicalTensors implements TensorSource {
    private final Path folder;
    private final TreeMap<String, LogicalTensor> tensors = new TreeMap<>();
    private final Map<String, SafetensorsFile> files = new LinkedHashMap<>();

    private LogicalTensors(Path folder) {
        this.folder = folder;
    }

    /** Those of one group. */
    static LogicalTensors open(Path folder, CheckpointManifest manifest, String group) {
        LogicalTensors source = new LogicalTensors(folder);
        manifest.tensors().forEach((name, tensor) -> {
            if (tensor.slices().stream().allMatch(stored -> ShardNames.belongs(stored.file(), group))) {
                source.tensors.put(name, tensor);
            }
        });
        return source;
    }

    @Override
    public Path path() {
        return folder;
    }

    @Override
    public Set<String> names() {
        return tensors.keySet();
    }

    @Override
    public Shape shape(String name) {
        return new Shape(
                tensor(name).shape().stream().mapToLong(Long::longValue).toArray());
    }

    @Override
    public ElementType type(String name) {
        tensor(name);
        return ElementType.F32;
    }

    @Override
    public void copy(String name, long first, ByteBuffer target) {
        LogicalTensor tensor = tensor(name);
        int start = target.position();
        long count = target.remaining() / Float.BYTES;
        for (LogicalTensor.Stored stored : tensor.slices()) {
            SafetensorsFile file =
                    files.computeIfAbsent(stored.file(), key -> SafetensorsFile.open(folder.resolve(key)));
            stored.slice(name, tensor.shape())
                    .forEachOverlap(
                            first,
                            first + count,
                            (logical, held, length) -> file.copy(
                                    stored.key(),
                                    held,
                                    target.slice(
                                            start + Math.toIntExact((logical - first) * Float.BYTES),
                                            Math.toIntExact(length * Float.BYTES))));
        }
        target.position(target.limit());
    }

    @Override
    public void close() {
        files.values().forEach(SafetensorsFile::close);
    }

    private LogicalTensor tensor(String name) {
        LogicalTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new WorkFailure(
                    FailureKind.CORRUPT,
                    "Cannot read '%s': expected a tensor '%s', found none. Delete the checkpoint to go on from the one before."
                            .formatted(folder, name));
        }
        return tensor;
    }
}
