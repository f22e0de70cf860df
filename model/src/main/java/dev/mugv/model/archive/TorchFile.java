package dev.mugv.model.archive;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ElementType;
import dev.mugv.model.tensor.TensorSource;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@code .pt} or {@code .bin} file of {@code torch.save} that holds a dictionary of tensors, or one tensor alone. Views,
 * transposed tensors and shared storages are read in row-major order. What is no tensor in the dictionary (numbers, text,
 * {@code None}) is passed over.
 */
public final class TorchFile implements TensorSource {
    /** Name of the tensor of a file that holds one tensor and no dictionary. */
    public static final String LONE_TENSOR = "tensor";

    /** Under what trainers put the state dict where they save more with it. */
    private static final List<String> WRAPPERS = List.of("state_dict", "model", "module");

    private final TorchArchive archive;
    private final Map<String, StridedTensor> tensors;

    private TorchFile(TorchArchive archive, Map<String, StridedTensor> tensors) {
        this.archive = archive;
        this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /**
     * Opens a file and reads its pickle; values are read when they are asked for.
     *
     * @throws WorkFailure INVALID_REQUEST naming a foreign class, or saying what the file is instead; CORRUPT if it is
     *     truncated or damaged
     */
    public static TorchFile open(Path file) {
        TorchArchive archive = TorchArchive.open(file);
        try {
            return new TorchFile(archive, tensors(file, new WeightsUnpickler(archive).read()));
        } catch (RuntimeException e) {
            archive.close();
            throw e;
        }
    }

    @Override
    public Path path() {
        return archive.path();
    }

    @Override
    public Set<String> names() {
        return tensors.keySet();
    }

    @Override
    public Shape shape(String name) {
        return tensor(name).shape();
    }

    @Override
    public ElementType type(String name) {
        return tensor(name).storage().type();
    }

    @Override
    public void copy(String name, long first, ByteBuffer target) {
        StridedTensor tensor = tensor(name);
        int bytes = tensor.storage().type().bytes();
        int count = target.remaining() / bytes;
        if (first < 0 || count > tensor.shape().size() - first) {
            throw new IllegalArgumentException("%s has %d elements, asked for were %d from %d"
                    .formatted(name, tensor.shape().size(), count, first));
        }
        int end = target.limit();
        tensor.runs(first, count, (position, run) -> {
            target.limit(target.position() + run * bytes);
            archive.copy(tensor.storage(), position, target);
        });
        target.limit(end);
    }

    @Override
    public Optional<ByteBuffer> mapped(String name) {
        StridedTensor tensor = tensor(name);
        return tensor.isContiguous()
                ? Optional.of(archive.mapped(
                        tensor.storage(), tensor.offset(), tensor.shape().size()))
                : Optional.empty();
    }

    @Override
    public void close() {
        archive.close();
    }

    private StridedTensor tensor(String name) {
        StridedTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw TorchArchive.corrupt(archive.path(), "it holds no tensor '" + name + "'", null);
        }
        return tensor;
    }

    private static Map<String, StridedTensor> tensors(Path file, @Nullable Object root) {
        if (root instanceof StridedTensor lone) {
            return Map.of(LONE_TENSOR, lone);
        }
        if (!(root instanceof Map<?, ?> dictionary)) {
            throw refused(file, "it holds no dictionary of tensors");
        }
        if (dictionary.values().stream().noneMatch(StridedTensor.class::isInstance)) {
            for (String wrapper : WRAPPERS) {
                if (dictionary.get(wrapper) instanceof Map<?, ?> wrapped) {
                    return tensors(file, wrapped);
                }
            }
        }
        return tensors(file, dictionary);
    }

    private static Map<String, StridedTensor> tensors(Path file, Map<?, ?> dictionary) {
        Map<String, StridedTensor> tensors = new LinkedHashMap<>();
        dictionary.forEach((key, value) -> {
            if (value instanceof StridedTensor tensor) {
                if (!(key instanceof String name)) {
                    throw refused(file, "the key of a tensor is the number %s, expected a name".formatted(key));
                }
                tensors.put(name, tensor);
            } else if (value instanceof Map || value instanceof List || value instanceof Object[]) {
                throw refused(file, "its entry '%s' is a container among tensors".formatted(key));
            }
        });
        if (tensors.isEmpty()) {
            throw refused(file, "its dictionary with keys %s holds no tensor".formatted(listed(dictionary.keySet())));
        }
        return tensors;
    }

    private static List<?> listed(Set<?> keys) {
        return keys.stream().limit(8).toList();
    }

    private static WorkFailure refused(Path file, String fact) {
        return TorchArchive.refused(file, fact, "Give a file with a state dict alone.");
    }
}
