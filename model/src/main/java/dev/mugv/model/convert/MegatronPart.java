package dev.mugv.model.convert;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.tensor.ElementType;
import dev.mugv.model.tensor.TensorSource;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Set;

/** What one tensor-parallel rank has of a transformer, under Megatron's names, cut out of the published tensors. */
final class MegatronPart implements TensorSource {
    private final TensorSource published;
    private final MegatronLayout layout;
    private final int rank;

    /** @param published stays its owner's: several parts are cut from it */
    MegatronPart(TensorSource published, MegatronLayout layout, int rank) {
        this.published = published;
        this.layout = layout;
        this.rank = rank;
    }

    @Override
    public Path path() {
        return published.path();
    }

    @Override
    public Set<String> names() {
        return layout.byName().keySet();
    }

    @Override
    public Shape shape(String name) {
        MegatronLayout.Entry entry = entry(name);
        return entry.split().part(entry.published().shape(), layout.ranks());
    }

    @Override
    public ElementType type(String name) {
        return published.type(entry(name).published().name());
    }

    @Override
    public void copy(String name, long first, ByteBuffer target) {
        MegatronLayout.Entry entry = entry(name);
        int bytes = type(name).bytes();
        int end = target.limit();
        for (long element = first; target.position() < end; ) {
            Split.Run run = entry.split().inWhole(entry.published().shape(), layout.ranks(), rank, element);
            int count = (int) Math.min(run.count(), (end - target.position()) / bytes);
            target.limit(target.position() + count * bytes);
            published.copy(entry.published().name(), run.first(), target);
            element += count;
        }
        target.limit(end);
    }

    @Override
    public void close() {
        // The published tensors are the caller's.
    }

    private MegatronLayout.Entry entry(String name) {
        MegatronLayout.Entry entry = layout.byName().get(name);
        if (entry == null) {
            throw new IllegalArgumentException("no tensor is called " + name);
        }
        return entry;
    }
}
