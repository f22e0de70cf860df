package dev.mugv.model.convert;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.tensor.ElementType;
import dev.mugv.model.tensor.TensorSource;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Set;

/** A source seen otherwise: what a subclass does not change is the original's. */
abstract class DerivedTensors implements TensorSource {
    private final TensorSource original;

    /** @param original closed with this one */
    DerivedTensors(TensorSource original) {
        this.original = original;
    }

    final TensorSource original() {
        return original;
    }

    @Override
    public Path path() {
        return original.path();
    }

    @Override
    public Set<String> names() {
        return original.names();
    }

    @Override
    public Shape shape(String name) {
        return original.shape(name);
    }

    @Override
    public ElementType type(String name) {
        return original.type(name);
    }

    @Override
    public void copy(String name, long first, ByteBuffer target) {
        original.copy(name, first, target);
    }

    @Override
    public void close() {
        original.close();
    }
}
