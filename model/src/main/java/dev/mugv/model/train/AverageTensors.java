package dev.mugv.model.train;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.WeightAverage;
import dev.mugv.model.tensor.ElementType;
import dev.mugv.model.tensor.TensorSource;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One average of a checkpoint, under the parameters' own names.
 *
 * @param all averages of the checkpoint; closed along with this
 * @param average which one
 */
record AverageTensors(TensorSource all, WeightAverage average) implements TensorSource {
    @Override
    public Path path() {
        return all.path();
    }

    @Override
    public Set<String> names() {
        String prefix = WeightAverages.prefix(average);
        return all.names().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Shape shape(String name) {
        return all.shape(WeightAverages.prefix(average) + name);
    }

    @Override
    public ElementType type(String name) {
        return all.type(WeightAverages.prefix(average) + name);
    }

    @Override
    public void copy(String name, long first, ByteBuffer target) {
        all.copy(WeightAverages.prefix(average) + name, first, target);
    }

    @Override
    public void close() {
        all.close();
    }
}
