package dev.mugv.steps.provenance;

import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A checkpoint in a training's durable folder, by its own manifest and state. Its files are not read: the manifest has their
 * sizes and hashes.
 *
 * @param key its node: the hash of its manifest
 * @param update updates done
 * @param state position, seeds, configuration, code, environment
 * @param files sizes and hashes by name
 * @param writtenAt when its manifest was written
 */
record KeptCheckpoint(NodeKey key, long update, JsonNode state, JsonNode files, Instant writtenAt) {
    private static final String MANIFEST = "manifest.json";
    private static final String STATE = "state.json";

    /** Those of a training, oldest first; none where the folder is not there. */
    static List<KeptCheckpoint> in(Path durable) {
        if (!Files.isDirectory(durable)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(durable)) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("update-"))
                    .filter(entry -> Files.exists(entry.resolve(MANIFEST)) && Files.exists(entry.resolve(STATE)))
                    .map(KeptCheckpoint::read)
                    .sorted(Comparator.comparingLong(KeptCheckpoint::update))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KeptCheckpoint read(Path folder) {
        try {
            Path manifest = folder.resolve(MANIFEST);
            JsonNode state = Json.read(folder.resolve(STATE), JsonNode.class);
            return new KeptCheckpoint(
                    new NodeKey(NodeKind.CHECKPOINT, Sha256.ofFile(manifest)),
                    state.path("update").asLong(),
                    state,
                    Json.read(manifest, JsonNode.class).path("files"),
                    Files.getLastModifiedTime(manifest).toInstant());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode environment() {
        return state.path("environment");
    }

    /** Update, data position, seeds, code and the sizes and hashes of its shards. */
    TreeMap<String, Object> facts() {
        TreeMap<String, Object> facts = new TreeMap<>();
        for (String name :
                List.of("update", "samples-drawn", "seeds", "code-version", "configuration-hash", "layout")) {
            if (state.has(name)) {
                facts.put(name, state.path(name));
            }
        }
        facts.put("files", files);
        return facts;
    }
}
