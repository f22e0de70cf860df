package dev.mugv.model.tensor;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** The elements of a tensor, wherever they lie: a buffer, a file, a device's memory. */
@FunctionalInterface
public interface TensorValues {
    /**
     * Appends consecutive elements, row-major and little-endian, until the target is full.
     *
     * @param first index of the first element
     * @param target its remaining bytes are a whole number of elements, none beyond the tensor's last
     */
    void copy(long first, ByteBuffer target);

    /** The remaining values of a buffer as F32, read when they are asked for. */
    static TensorValues of(FloatBuffer values) {
        FloatBuffer all = values.slice();
        return (first, target) -> {
            int count = target.remaining() / Float.BYTES;
            target.asFloatBuffer().put(all.slice(Math.toIntExact(first), count));
            target.position(target.limit());
        };
    }
}
