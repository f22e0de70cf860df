package dev.mugv.model.checkpoint;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.TensorSlice;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a logical tensor back from the files of a checkpoint that is not yet published: every part must be what was handed to
 * the file system, and together they must hold every element once. Both follow from one pass, because the elements of a part
 * come in the same order in the whole.
 */
final class ReadBack implements AutoCloseable {
    private static final int PIECE_VALUES = StagingMemory.CHUNK_BYTES / Float.BYTES;

    private final Path folder;
    private final Map<String, SafetensorsFile> files = new LinkedHashMap<>();
    private final ByteBuffer piece;

    /** Where elements of a part belong in the piece being read. */
    private record Run(int part, long logical, long held, long length) {}

    /**
     * @param piece of {@link StagingMemory#CHUNK_BYTES}, used while this is
     */
    ReadBack(Path folder, ByteBuffer piece) {
        this.folder = folder;
        this.piece = piece;
    }

    /**
     * SHA-256 of a tensor's values as a whole.
     *
     * @throws WorkFailure of kind TRANSIENT if a file does not hold what was written to it; DEFECT if the parts leave elements out
     *     or hold them twice
     */
    String hash(String name, List<Long> shape, List<LogicalTensor.Stored> parts) {
        List<TensorSlice> slices =
                parts.stream().map(part -> part.slice(name, shape)).toList();
        List<MessageDigest> digests =
                parts.stream().map(part -> Sha256.digest()).toList();
        MessageDigest whole = Sha256.digest();
        long elements = shape.stream().reduce(1L, Math::multiplyExact);
        for (long first = 0; first < elements; first += PIECE_VALUES) {
            long end = Math.min(elements, first + PIECE_VALUES);
            List<Run> runs = runs(slices, first, end);
            requireCover(name, runs, first, end);
            for (Run run : runs) {
                ByteBuffer target = piece.slice(
                        Math.toIntExact((run.logical - first) * Float.BYTES),
                        Math.toIntExact(run.length * Float.BYTES));
                LogicalTensor.Stored part = parts.get(run.part);
                file(part.file()).copy(part.key(), run.held, target);
                digests.get(run.part).update(target.flip());
            }
            whole.update(piece.slice(0, Math.toIntExact((end - first) * Float.BYTES)));
        }
        for (int i = 0; i < parts.size(); i++) {
            requireSame(parts.get(i), HexFormat.of().formatHex(digests.get(i).digest()));
        }
        return HexFormat.of().formatHex(whole.digest());
    }

    @Override
    public void close() {
        files.values().forEach(SafetensorsFile::close);
    }

    private static List<Run> runs(List<TensorSlice> slices, long first, long end) {
        List<Run> runs = new ArrayList<>();
        for (int i = 0; i < slices.size(); i++) {
            int part = i;
            slices.get(i)
                    .forEachOverlap(
                            first, end, (logical, held, length) -> runs.add(new Run(part, logical, held, length)));
        }
        runs.sort(Comparator.comparingLong(Run::logical));
        return runs;
    }

    private static void requireCover(String name, List<Run> runs, long first, long end) {
        long next = first;
        for (Run run : runs) {
            if (run.logical != next) {
                break;
            }
            next += run.length;
        }
        if (next != end || runs.stream().mapToLong(Run::length).sum() != end - first) {
            throw new WorkFailure(
                    FailureKind.DEFECT,
                    "Cannot save '%s': expected every element from one rank, found otherwise at element %d. Report this as a defect."
                            .formatted(name, next));
        }
    }

    private void requireSame(LogicalTensor.Stored part, String found) {
        if (!part.sha256().equals(found)) {
            throw new WorkFailure(
                    FailureKind.TRANSIENT,
                    "Cannot save checkpoint '%s': tensor '%s' was written with SHA-256 %s, and is read back with %s. Check the storage; it is tried again."
                            .formatted(folder.resolve(part.file()), part.key(), part.sha256(), found));
        }
    }

    private SafetensorsFile file(String name) {
        return files.computeIfAbsent(name, key -> SafetensorsFile.open(folder.resolve(key)));
    }
}
