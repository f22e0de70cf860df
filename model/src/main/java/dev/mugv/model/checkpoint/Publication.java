package dev.mugv.model.checkpoint;

import dev.mugv.model.run.Json;
import dev.mugv.model.run.OutputManifest.FileEntry;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.tensor.SafetensorsWriter;
import dev.mugv.model.tensor.TensorSlice;
import dev.mugv.model.tensor.TensorValues;
import dev.mugv.model.tensor.WrittenTensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One checkpoint on its way to being published, as one rank sees it: files under a pending name, forced to the disk (written);
 * read back and compared with what was written (verified); a manifest over the files of all ranks, and one rename (published).
 */
final class Publication {
    private static final String METADATA_FORMAT = "format";

    private final CheckpointState state;
    private final CheckpointFiles files;
    private final Path pending;
    private final RankExchange exchange;
    private final StagingMemory memory;

    /** What one rank wrote. */
    record Contribution(SortedMap<String, FileEntry> files, List<Piece> pieces) {}

    /** A part of a tensor in a file, with the tensor it is of. */
    record Piece(String name, List<Long> shape, LogicalTensor.Stored stored) {}

    /** Hashes of whole tensors by name, those that one rank was to find out. */
    record Hashes(SortedMap<String, String> tensors) {}

    Publication(
            CheckpointState state, CheckpointFiles files, Path pending, RankExchange exchange, StagingMemory memory) {
        this.state = state;
        this.files = files;
        this.pending = pending;
        this.exchange = exchange;
        this.memory = memory;
    }

    /** Parts in the order in which {@link #prepare} asks for their values. */
    static List<CheckpointPart> ordered(List<CheckpointPart> parts) {
        TreeMap<String, TreeMap<String, CheckpointPart>> byFile = new TreeMap<>();
        for (CheckpointPart part : parts) {
            if (byFile.computeIfAbsent(part.group(), group -> new TreeMap<>())
                            .put(part.slice().key(), part)
                    != null) {
                throw new IllegalArgumentException(
                        "two parts of " + part.group() + " are " + part.slice().key());
            }
        }
        return byFile.values().stream()
                .flatMap(group -> group.values().stream())
                .toList();
    }

    /**
     * Writes and verifies; where this returns on rank 0 the pending folder can be published.
     *
     * @param ordered see {@link #ordered}
     * @param values the parts' values one after the other
     */
    void prepare(List<CheckpointPart> ordered, TensorValues values) throws IOException {
        files.createFolder(pending);
        Contribution mine = write(ordered, values);
        files.force(pending);
        List<Contribution> all = List.of(mine);
        if (!exchange.isAlone()) {
            exchange.tell("written", mine);
            all = exchange.hearAll("written", Contribution.class);
        }
        TreeMap<String, List<Piece>> tensors = new TreeMap<>();
        all.forEach(contribution -> contribution
                .pieces()
                .forEach(piece -> tensors.computeIfAbsent(piece.name(), name -> new ArrayList<>())
                        .add(piece)));
        Hashes hashes = verify(tensors);
        if (!exchange.isAlone()) {
            exchange.tell("verified", hashes);
        }
        if (exchange.leads()) {
            TreeMap<String, String> found = new TreeMap<>(hashes.tensors());
            if (!exchange.isAlone()) {
                exchange.hearAll("verified", Hashes.class).forEach(each -> found.putAll(each.tensors()));
            }
            writeManifest(all, tensors, found);
        }
    }

    private Contribution write(List<CheckpointPart> ordered, TensorValues values) throws IOException {
        TreeMap<String, List<CheckpointPart>> groups = new TreeMap<>();
        ordered.forEach(part ->
                groups.computeIfAbsent(part.group(), group -> new ArrayList<>()).add(part));
        TreeMap<String, FileEntry> entries = new TreeMap<>();
        List<Piece> pieces = new ArrayList<>();
        for (Map.Entry<String, List<CheckpointPart>> group : groups.entrySet()) {
            String name = ShardNames.of(
                    group.getKey(), exchange.rank().number(), exchange.rank().size());
            SafetensorsWriter writer = new SafetensorsWriter(Map.of(METADATA_FORMAT, "pt"));
            for (CheckpointPart part : group.getValue()) {
                writer.add(part.slice().key(), part.slice().storedShape(), values);
            }
            WrittenTensors[] written = new WrittenTensors[1];
            files.write(pending.resolve(name), file -> written[0] = writer.writeHashed(file, memory.passage()));
            WrittenTensors hashes = Objects.requireNonNull(written[0]);
            files.force(pending.resolve(name));
            entries.put(name, new FileEntry(hashes.bytes(), hashes.sha256()));
            for (CheckpointPart part : group.getValue()) {
                pieces.add(piece(part.slice(), name, hashes));
            }
        }
        return new Contribution(entries, pieces);
    }

    private static Piece piece(TensorSlice slice, String file, WrittenTensors hashes) {
        String hash = Objects.requireNonNull(hashes.tensors().get(slice.key()));
        return new Piece(
                slice.name(),
                slice.shape(),
                new LogicalTensor.Stored(file, slice.key(), slice.box(), slice.first(), slice.count(), hash));
    }

    /** Every rank reads back its share of the tensors, whoever wrote them. */
    private Hashes verify(SortedMap<String, List<Piece>> tensors) {
        TreeMap<String, String> hashes = new TreeMap<>();
        int index = 0;
        try (ReadBack readBack = new ReadBack(pending, memory.passage())) {
            for (Map.Entry<String, List<Piece>> tensor : tensors.entrySet()) {
                if (index++ % exchange.rank().size() == exchange.rank().number()) {
                    hashes.put(
                            tensor.getKey(),
                            readBack.hash(
                                    tensor.getKey(), tensor.getValue().get(0).shape(), stored(tensor.getValue())));
                }
            }
        }
        return new Hashes(hashes);
    }

    private void writeManifest(
            List<Contribution> all, SortedMap<String, List<Piece>> tensors, SortedMap<String, String> hashes)
            throws IOException {
        TreeMap<String, FileEntry> entries = new TreeMap<>();
        all.forEach(contribution -> entries.putAll(contribution.files()));
        byte[] stateBytes = Json.pretty(state).getBytes(StandardCharsets.UTF_8);
        writeForced(CheckpointState.FILE_NAME, stateBytes);
        entries.put(CheckpointState.FILE_NAME, new FileEntry(stateBytes.length, Sha256.of(stateBytes)));
        TreeMap<String, LogicalTensor> logical = new TreeMap<>();
        tensors.forEach((name, pieces) -> logical.put(
                name,
                new LogicalTensor(pieces.get(0).shape(), Objects.requireNonNull(hashes.get(name)), stored(pieces))));
        CheckpointManifest manifest = new CheckpointManifest(CheckpointManifest.FORMAT_VERSION, entries, logical);
        writeForced(CheckpointManifest.FILE_NAME, Json.pretty(manifest).getBytes(StandardCharsets.UTF_8));
        files.force(pending);
    }

    private void writeForced(String name, byte[] content) throws IOException {
        Path file = pending.resolve(name);
        files.write(file, target -> Files.write(target, content));
        files.force(file);
    }

    private static List<LogicalTensor.Stored> stored(List<Piece> pieces) {
        return pieces.stream().map(Piece::stored).toList();
    }
}
