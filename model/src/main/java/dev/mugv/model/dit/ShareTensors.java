package dev.mugv.model.dit;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.tensor.ElementType;
import dev.mugv.model.tensor.TensorSource;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whole tensors seen as the parts that one rank holds of them.
 *
 * @param whole under published names; closed along with this
 * @param share which parts
 */
public record ShareTensors(TensorSource whole, ModelShare share) implements TensorSource {
    @Override
    public Path path() {
        return whole.path();
    }

    @Override
    public Set<String> names() {
        return whole.names().stream().filter(share::holds).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Shape shape(String name) {
        return ParameterCut.of(name).part(whole.shape(name), share.tensorRanks());
    }

    @Override
    public ElementType type(String name) {
        return whole.type(name);
    }

    @Override
    public void copy(String name, long first, ByteBuffer target) {
        Shape shape = whole.shape(name);
        ParameterCut cut = ParameterCut.of(name);
        int bytes = type(name).bytes();
        int end = target.limit();
        long element = first;
        while (target.position() < end) {
            ParameterCut.Run run = cut.inWhole(shape, share.tensorRanks(), share.tensorRank(), element);
            long count = Math.min(run.count(), (end - target.position()) / bytes);
            target.limit(target.position() + Math.toIntExact(count * bytes));
            whole.copy(name, run.first(), target);
            target.limit(end);
            element += count;
        }
    }

    @Override
    public void close() {
        whole.close();
    }
}
