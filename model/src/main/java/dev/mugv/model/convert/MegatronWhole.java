package dev.mugv.model.convert;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ElementType;
import dev.mugv.model.tensor.TensorPieces;
import dev.mugv.model.tensor.TensorSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A transformer under its published names, put together from what the tensor-parallel ranks have. */
final class MegatronWhole implements TensorSource {
    private final Path folder;
    private final List<TensorSource> parts;
    private final Map<String, MegatronLayout.Entry> entries;
    private final int ranks;

    /** @param parts one a rank, closed with this source */
    MegatronWhole(Path folder, List<TensorSource> parts, MegatronLayout layout) {
        this.folder = folder;
        this.parts = List.copyOf(parts);
        this.entries = layout.byPublished();
        this.ranks = layout.ranks();
    }

    /**
     * Requires what every rank has a copy of to be the same everywhere, bit for bit.
     *
     * @throws WorkFailure of kind CORRUPT naming the tensor and the rank
     */
    void requireSameCopies() {
        for (MegatronLayout.Entry entry : entries.values()) {
            for (int rank = 1; rank < ranks && entry.split() instanceof Split.Replicated; rank++) {
                requireSame(entry.name(), rank);
            }
        }
    }

    @Override
    public Path path() {
        return folder;
    }

    @Override
    public Set<String> names() {
        return entries.keySet();
    }

    @Override
    public Shape shape(String name) {
        return entry(name).published().shape();
    }

    @Override
    public ElementType type(String name) {
        return parts.get(0).type(entry(name).name());
    }

    @Override
    public void copy(String name, long first, ByteBuffer target) {
        MegatronLayout.Entry entry = entry(name);
        int bytes = type(name).bytes();
        int end = target.limit();
        for (long element = first; target.position() < end; ) {
            Split.Run run = entry.split().inParts(entry.published().shape(), ranks, element);
            int count = (int) Math.min(run.count(), (end - target.position()) / bytes);
            target.limit(target.position() + count * bytes);
            parts.get(run.rank()).copy(entry.name(), run.first(), target);
            element += count;
        }
        target.limit(end);
    }

    @Override
    public void close() {
        parts.forEach(TensorSource::close);
    }

    private void requireSame(String name, int rank) {
        long[] done = {0};
        TensorSource other = parts.get(rank);
        TensorPieces.of(parts.get(0), name).forEach((type, piece, elements) -> {
            ByteBuffer copy = ByteBuffer.allocate(piece.limit()).order(ByteOrder.LITTLE_ENDIAN);
            if (other.type(name) == type) {
                other.copy(name, done[0], copy);
            }
            if (other.type(name) != type || !copy.flip().equals(piece)) {
                throw new WorkFailure(
                        FailureKind.CORRUPT,
                        "Cannot put together '%s': rank %d has another '%s' than rank 0, expected equal copies. Use a checkpoint of one iteration."
                                .formatted(folder, rank, name));
            }
            done[0] += elements;
        });
    }

    private MegatronLayout.Entry entry(String name) {
        MegatronLayout.Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("no tensor is called " + name);
        }
        return entry;
    }
}
