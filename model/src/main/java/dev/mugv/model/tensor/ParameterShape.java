package dev.mugv.model.tensor;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * Name and shape of one parameter, as in a published state dict.
 *
 * @param name for example {@code blocks.0.attn.qkv.weight}
 * @param shape all sizes known
 */
public record ParameterShape(String name, Shape shape) {
    public ParameterShape {
        if (name.isBlank() || Arrays.stream(shape.getShape()).anyMatch(size -> size < 0)) {
            throw new IllegalArgumentException("a parameter needs a name and known sizes: " + name + " " + shape);
        }
    }

    public ParameterShape(String name, long... shape) {
        this(name, new Shape(shape));
    }

    /** Number of values. */
    public long size() {
        return shape.size();
    }
}
