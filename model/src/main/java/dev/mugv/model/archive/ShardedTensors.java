package dev.mugv.model.archive;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ElementType;
import dev.mugv.model.tensor.TensorSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Several files that are one set of tensors by an index beside them: JSON whose {@code weight_map} gives every tensor's file
 * (as Hugging Face libraries write it).
 */
final class ShardedTensors implements TensorSource {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final Path index;
    private final Map<String, TensorSource> places;
    private final List<TensorSource> shards;

    private ShardedTensors(Path index, Map<String, TensorSource> places, List<TensorSource> shards) {
        this.index = index;
        this.places = Collections.unmodifiableMap(places);
        this.shards = shards;
    }

    /**
     * Opens all shards.
     *
     * @throws WorkFailure INVALID_REQUEST if the index names a file that is not beside it, or differs from what the shards
     *     hold
     */
    static ShardedTensors open(Path index) {
        Map<String, String> fileOf = weightMap(index);
        Map<String, TensorSource> opened = new LinkedHashMap<>();
        Map<String, TensorSource> places = new LinkedHashMap<>();
        try {
            for (String file : new TreeSet<>(fileOf.values())) {
                opened.put(file, TensorFiles.open(shard(index, file)));
            }
            fileOf.forEach((name, file) -> places.put(name, opened.get(file)));
            requireAgreement(index, fileOf, opened);
            return new ShardedTensors(index, places, List.copyOf(opened.values()));
        } catch (RuntimeException e) {
            opened.values().forEach(TensorSource::close);
            throw e;
        }
    }

    @Override
    public Path path() {
        return index;
    }

    @Override
    public Set<String> names() {
        return places.keySet();
    }

    @Override
    public Shape shape(String name) {
        return shard(name).shape(name);
    }

    @Override
    public ElementType type(String name) {
        return shard(name).type(name);
    }

    @Override
    public void copy(String name, long first, ByteBuffer target) {
        shard(name).copy(name, first, target);
    }

    @Override
    public Optional<ByteBuffer> mapped(String name) {
        return shard(name).mapped(name);
    }

    @Override
    public void close() {
        shards.forEach(TensorSource::close);
    }

    private TensorSource shard(String name) {
        TensorSource shard = places.get(name);
        if (shard == null) {
            throw TorchArchive.corrupt(index, "its shards hold no tensor '" + name + "'", null);
        }
        return shard;
    }

    private static Map<String, String> weightMap(Path index) {
        Map<String, String> fileOf = new LinkedHashMap<>();
        try {
            JsonNode map = MAPPER.readTree(Files.readString(index)).path("weight_map");
            map.properties()
                    .forEach(
                            entry -> fileOf.put(entry.getKey(), entry.getValue().asString("")));
        } catch (JacksonException e) {
            throw TorchArchive.corrupt(index, "it is not JSON (" + e.getOriginalMessage() + ")", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (fileOf.isEmpty()) {
            throw refused(index, "it has no 'weight_map' of tensors");
        }
        return fileOf;
    }

    private static Path shard(Path index, String file) {
        Path shard = index.resolveSibling(file);
        if (!Path.of(file).equals(shard.getFileName()) || !Files.isRegularFile(shard)) {
            throw refused(index, "it names '%s', which is not a file beside it".formatted(file));
        }
        return shard;
    }

    private static void requireAgreement(Path index, Map<String, String> fileOf, Map<String, TensorSource> opened) {
        List<String> missing = new ArrayList<>();
        List<String> unnamed = new ArrayList<>();
        opened.forEach((file, shard) -> {
            fileOf.forEach((name, place) -> {
                if (place.equals(file) && !shard.contains(name)) {
                    missing.add(name + " in " + file);
                }
            });
            shard.names().stream()
                    .filter(name -> !file.equals(fileOf.get(name)))
                    .forEach(name -> unnamed.add(name + " in " + file));
        });
        if (!missing.isEmpty() || !unnamed.isEmpty()) {
            throw refused(
                    index,
                    "%d tensors are not where it says %s, and %d are where it does not say %s"
                            .formatted(missing.size(), few(missing), unnamed.size(), few(unnamed)));
        }
    }

    private static List<String> few(List<String> names) {
        return names.subList(0, Math.min(8, names.size()));
    }

    private static WorkFailure refused(Path index, String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot read '%s': %s. Give the index together with all of its shards.".formatted(index, fact));
    }
}
