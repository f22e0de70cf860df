package dev.mugv.model.convert;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.archive.TensorFiles;
import dev.mugv.model.archive.TorchFileWriter;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.KeyDifferences;
import dev.mugv.model.tensor.TensorSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A tensor-parallel checkpoint of Megatron in its {@code torch} format (mugv.md, section 6.2): one {@code mp_rank_XX} folder a
 * rank, in the folder of the iteration that {@code latest_checkpointed_iteration.txt} names.
 */
final class MegatronFolder {
    private static final String TRACKER = "latest_checkpointed_iteration.txt";
    private static final String RELEASE = "release";
    private static final String FILE = "model_optim_rng.pt";
    private static final Pattern RANK = Pattern.compile("mp_rank_(\\d{1,4})");
    private static final Pattern PIPELINE_RANK = Pattern.compile("mp_rank_\\d+_\\d+(_\\d+)?");
    private static final Pattern LAYERS = Pattern.compile("decoder\\.layers\\.(\\d{1,6})\\.");

    private MegatronFolder() {}

    /** Whether a folder has this layout. */
    static boolean isOne(Path folder) {
        return Files.isRegularFile(folder.resolve(TRACKER))
                || folders(folder).stream().anyMatch(name -> name.startsWith("mp_rank_"));
    }

    /**
     * Opens all ranks as one transformer under its published names.
     *
     * @throws WorkFailure INVALID_REQUEST if a rank is missing, the layout is another, or keys and shapes are not a
     *     transformer's; CORRUPT if ranks disagree
     */
    static TensorSource open(Path folder) {
        Path iteration = iteration(folder);
        List<TensorSource> parts = new ArrayList<>();
        try {
            for (Path file : ranks(iteration)) {
                parts.add(new WithoutExtraStates(TensorFiles.open(file)));
            }
            TransformerKeys keys = TransformerKeys.of(parts.get(0), MegatronLayout::name, LAYERS);
            MegatronLayout layout = new MegatronLayout(keys.size(), keys.shapes(), parts.size());
            for (TensorSource part : parts) {
                requireParts(part, layout, parts.get(0));
            }
            MegatronWhole whole = new MegatronWhole(folder, parts, layout);
            whole.requireSameCopies();
            return whole;
        } catch (RuntimeException e) {
            parts.forEach(TensorSource::close);
            throw e;
        }
    }

    /** Writes a checkpoint as the published trainer's converter does, into an empty folder. */
    static void write(TensorSource published, MegatronLayout layout, Path folder) throws IOException {
        for (int rank = 0; rank < layout.ranks(); rank++) {
            Path here = Files.createDirectories(folder.resolve("iter_0000001").resolve("mp_rank_%02d".formatted(rank)));
            new TorchFileWriter(new MegatronPart(published, layout, rank))
                    .writeWithin("model", layout.extraStates(), here.resolve(FILE));
        }
        Files.writeString(folder.resolve(TRACKER), "1");
    }

    /** Bytes of the values in all ranks; what is not cut is in each of them. */
    static long bytes(TensorSource published, MegatronLayout layout) {
        long bytes = 0;
        for (int rank = 0; rank < layout.ranks(); rank++) {
            MegatronPart part = new MegatronPart(published, layout, rank);
            for (String name : part.names()) {
                bytes += part.shape(name).size() * part.type(name).bytes();
            }
        }
        return bytes;
    }

    private static Path iteration(Path folder) {
        Path tracker = folder.resolve(TRACKER);
        if (!Files.isRegularFile(tracker)) {
            return folder;
        }
        String found;
        try {
            found = Files.readString(tracker).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (found.equals(RELEASE)) {
            return folder.resolve(RELEASE);
        }
        if (!found.matches("\\d{1,9}")) {
            throw refused(folder, "%s says '%s', expected an iteration or '%s'".formatted(TRACKER, found, RELEASE));
        }
        return folder.resolve("iter_%07d".formatted(Integer.parseInt(found)));
    }

    private static List<Path> ranks(Path iteration) {
        Map<Integer, Path> found = new TreeMap<>();
        for (String name : folders(iteration)) {
            Matcher rank = RANK.matcher(name);
            if (PIPELINE_RANK.matcher(name).matches()) {
                throw refused(
                        iteration,
                        "'%s' is of a pipeline-parallel checkpoint, expected tensor parallelism alone".formatted(name));
            }
            if (rank.matches()) {
                found.put(
                        Integer.parseInt(rank.group(1)), iteration.resolve(name).resolve(FILE));
            }
        }
        List<Path> files = new ArrayList<>();
        for (int rank = 0; rank < Math.max(1, found.size()); rank++) {
            Path file = found.get(rank);
            if (file == null || !Files.isRegularFile(file)) {
                throw refused(iteration, "rank %d of %d has no %s there".formatted(rank, found.size(), FILE));
            }
            files.add(file);
        }
        return files;
    }

    private static void requireParts(TensorSource part, MegatronLayout layout, TensorSource first) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        part.names().forEach(name -> shapes.put(name, part.shape(name)));
        KeyDifferences differences = KeyDifferences.between(shapes, layout.parts());
        if (!differences.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot load '%s' as one of %d tensor-parallel ranks: %s. Give a whole checkpoint of this model."
                            .formatted(part.path(), layout.ranks(), differences));
        }
        for (String name : part.names()) {
            if (part.type(name) != first.type(name)) {
                throw new WorkFailure(
                        FailureKind.CORRUPT,
                        "Cannot load '%s': '%s' is %s, expected %s as on rank 0. Use a checkpoint of one iteration."
                                .formatted(part.path(), name, part.type(name), first.type(name)));
            }
        }
    }

    private static List<String> folders(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw refused(folder, "there is no such folder");
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory)
                    .map(entry -> entry.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static WorkFailure refused(Path folder, String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot read the Megatron checkpoint '%s': %s. Give a checkpoint in the 'torch' format, with every rank."
                        .formatted(folder, fact));
    }

    /** A rank's tensors without what Transformer Engine keeps of its layers, which is not the model's. */
    private static final class WithoutExtraStates extends DerivedTensors {
        WithoutExtraStates(TensorSource original) {
            super(original);
        }

        @Override
        public java.util.Set<String> names() {
            java.util.Set<String> names = new java.util.LinkedHashSet<>(super.names());
            names.removeIf(name -> name.endsWith(MegatronLayout.EXTRA_STATE));
            return names;
        }
    }
}
