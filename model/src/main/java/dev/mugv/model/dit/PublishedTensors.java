package dev.mugv.model.dit;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.tensor.ElementType;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.TensorSource;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The values of a transformer under their published names, without adapters or with what these make added in; nothing of them is
 * changed or copied. For values in fp32.
 */
public final class PublishedTensors implements TensorSource {
    private final DitWeights weights;
    private final double factor;

    private PublishedTensors(DitWeights weights, double factor) {
        this.weights = weights;
        this.factor = factor;
    }

    /** The model's own values; adapters are left out. */
    public static PublishedTensors of(DitWeights weights) {
        return new PublishedTensors(weights, 0);
    }

    /** With the adapters, if there are any, added to the matrices of their layers. */
    public static PublishedTensors merged(DitWeights weights) {
        return new PublishedTensors(
                weights, weights.adapters().map(adapters -> adapters.factor()).orElse(0.0));
    }

    @Override
    public Path path() {
        return Path.of("model");
    }

    @Override
    public Set<String> names() {
        return weights.shapes().stream()
                .map(shape -> shape.name())
                .filter(name -> !Adapters.isAdapter(name))
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Shape shape(String name) {
        return weights.get(name).getShape();
    }

    @Override
    public ElementType type(String name) {
        return ElementType.F32;
    }

    @Override
    public void copy(String name, long first, ByteBuffer target) {
        FloatBuffer values = values(name);
        int count = target.remaining() / Float.BYTES;
        String layer = name.endsWith(".weight") ? name.substring(0, name.length() - ".weight".length()) : name;
        if (factor == 0 || !weights.contains(layer + Adapters.UP)) {
            target.asFloatBuffer().put(values.slice((int) first, count));
            target.position(target.limit());
            return;
        }
        FloatBuffer down = values(layer + Adapters.DOWN);
        FloatBuffer up = values(layer + Adapters.UP);
        int columns = (int) shape(name).get(1);
        int rank = (int) (down.limit() / columns);
        for (long element = first; element < first + count; element++) {
            int row = (int) (element / columns);
            int column = (int) (element % columns);
            double sum = 0;
            for (int k = 0; k < rank; k++) {
                sum += (double) up.get(row * rank + k) * down.get(k * columns + column);
            }
            target.putFloat((float) (values.get((int) element) + factor * sum));
        }
    }

    private FloatBuffer values(String name) {
        ParameterSet owner = weights.sets().stream()
                .filter(set -> set.contains(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no parameter is called " + name));
        return owner.values(name);
    }

    @Override
    public void close() {
        // The values stay whose they are.
    }
}
