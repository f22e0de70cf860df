package dev.mugv.model.text;

import dev.mugv.model.archive.TensorFiles;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.KeyDifferences;
import dev.mugv.model.tensor.TensorSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A Hugging Face folder of a T5-v1.1 encoder: {@code config.json}, {@code tokenizer.json}, and {@code model.safetensors} or
 * {@code pytorch_model.bin}, whole or as shards with an {@code .index.json}. A decoder in it is left alone.
 */
final class T5Folder {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String CONFIG = "config.json";
    private static final String TOKENIZER = "tokenizer.json";
    /** Names of the weights, the one that is taken first in front. */
    private static final List<String> SINGLE = List.of("model.safetensors", "pytorch_model.bin");

    private static final String INDEX_SUFFIX = ".index.json";
    private static final String TIED_EMBEDDING = "encoder.embed_tokens.weight";

    private final Path folder;
    private final T5Size size;
    private final List<Path> weights;

    private T5Folder(Path folder, T5Size size, List<Path> weights) {
        this.folder = folder;
        this.size = size;
        this.weights = List.copyOf(weights);
    }

    /**
     * Reads the configuration and finds the files.
     *
     * @throws WorkFailure of kind INVALID_REQUEST naming what is missing or is not a T5-v1.1
     */
    static T5Folder open(Path folder) {
        for (String file : List.of(CONFIG, TOKENIZER)) {
            if (!Files.isRegularFile(folder.resolve(file))) {
                throw refusal(folder, "it has no " + file);
            }
        }
        return new T5Folder(folder, size(folder), weights(folder));
    }

    T5Size size() {
        return size;
    }

    Path tokenizer() {
        return folder.resolve(TOKENIZER);
    }

    /** SHA-256 over the names and hashes of all files that are read. */
    String identity() {
        StringBuilder text = new StringBuilder("t5\n");
        List<Path> files = new ArrayList<>(List.of(folder.resolve(CONFIG), folder.resolve(TOKENIZER)));
        files.addAll(weights);
        files.forEach(file -> text.append(file.getFileName())
                .append(' ')
                .append(Sha256.ofFile(file))
                .append('\n'));
        return Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Takes one weight. */
    interface WeightSink {
        /**
         * @param file open file that holds it
         * @param key its name there
         * @param name its name in {@link T5Size#shapes}
         */
        void take(TensorSource file, String key, String name);
    }

    /**
     * Hands out every weight of {@link T5Size#shapes} once, after all headers were checked: nothing is read of a folder that
     * lacks something.
     *
     * @throws WorkFailure of kind INVALID_REQUEST listing missing, unexpected and wrongly shaped keys, or naming a value that
     *     is not finite
     */
    void forEachWeight(WeightSink sink) {
        Map<Path, Map<String, String>> names = checkedNames();
        for (Path file : weights) {
            try (TensorSource tensors = TensorFiles.open(file)) {
                names.getOrDefault(file, Map.of()).forEach((key, name) -> {
                    tensors.requireFinite(key);
                    sink.take(tensors, key, name);
                });
            }
        }
    }

    /**
     * Checks all that can be checked without reading a weight.
     *
     * @throws WorkFailure as {@link #forEachWeight}
     */
    void requireWhole() {
        checkedNames();
    }

    /** Of each file, its keys in use with their names in the size. */
    private Map<Path, Map<String, String>> checkedNames() {
        Map<String, String> missing = new TreeMap<>();
        size.shapes().forEach(shape -> missing.put(shape.name(), shape.shape().toString()));
        Set<String> unexpected = new TreeSet<>();
        List<String> misshapen = new ArrayList<>();
        Map<Path, Map<String, String>> names = new HashMap<>();
        for (Path file : weights) {
            try (TensorSource tensors = TensorFiles.open(file)) {
                for (String key : tensors.names()) {
                    String name = key.equals(TIED_EMBEDDING) ? T5Size.EMBEDDING : key;
                    if (name.startsWith("decoder.") || name.equals("lm_head.weight")) {
                        continue;
                    }
                    String expected = missing.remove(name);
                    if (expected == null) {
                        // The tied embedding may stand in a file under both of its names.
                        if (!name.equals(T5Size.EMBEDDING)) {
                            unexpected.add(key);
                        }
                    } else if (!expected.equals(tensors.shape(key).toString())) {
                        misshapen.add("%s (expected %s, found %s)".formatted(key, expected, tensors.shape(key)));
                    } else {
                        names.computeIfAbsent(file, any -> new LinkedHashMap<>())
                                .put(key, name);
                    }
                }
            }
        }
        KeyDifferences differences =
                new KeyDifferences(List.copyOf(missing.keySet()), List.copyOf(unexpected), misshapen);
        if (!differences.isEmpty()) {
            throw refusal(folder, differences.toString());
        }
        return names;
    }

    private static T5Size size(Path folder) {
        JsonNode config = json(folder, CONFIG);
        String activation = config.path("feed_forward_proj").asString("");
        if (!activation.equals("gated-gelu")) {
            throw refusal(
                    folder, "config.json says feed_forward_proj '%s', expected 'gated-gelu'".formatted(activation));
        }
        try {
            return new T5Size(
                    config.path("vocab_size").asInt(0),
                    config.path("d_model").asInt(0),
                    config.path("num_heads").asInt(0),
                    config.path("d_kv").asInt(0),
                    config.path("d_ff").asInt(0),
                    config.path("num_layers").asInt(0),
                    config.path("relative_attention_num_buckets").asInt(32),
                    config.path("relative_attention_max_distance").asInt(128));
        } catch (IllegalArgumentException e) {
            throw refusal(folder, "config.json: " + e.getMessage());
        }
    }

    private static List<Path> weights(Path folder) {
        for (String name : SINGLE) {
            if (Files.isRegularFile(folder.resolve(name))) {
                return List.of(folder.resolve(name));
            }
        }
        String index = SINGLE.stream()
                .map(name -> name + INDEX_SUFFIX)
                .filter(name -> Files.isRegularFile(folder.resolve(name)))
                .findFirst()
                .orElseThrow(() -> refusal(
                        folder, "it has none of %s, nor one with %s behind its name".formatted(SINGLE, INDEX_SUFFIX)));
        Set<String> shards = new TreeSet<>();
        json(folder, index).path("weight_map").forEach(shard -> shards.add(shard.asString("")));
        List<Path> files = new ArrayList<>();
        for (String shard : shards) {
            Path file = folder.resolve(shard).normalize();
            if (!folder.normalize().equals(file.getParent()) || !Files.isRegularFile(file)) {
                throw refusal(folder, "%s names '%s', which is not a file there".formatted(index, shard));
            }
            files.add(file);
        }
        return files;
    }

    private static JsonNode json(Path folder, String name) {
        try {
            return MAPPER.readTree(Files.readString(folder.resolve(name)));
        } catch (JacksonException e) {
            throw refusal(folder, name + " is not JSON (" + e.getOriginalMessage() + ")");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static WorkFailure refusal(Path folder, String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot load the text encoder from '%s': %s. Use a Hugging Face folder of a T5-v1.1 encoder."
                        .formatted(folder, fact));
    }
}
