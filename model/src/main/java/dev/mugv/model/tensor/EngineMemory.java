package dev.mugv.model.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import dev.mugv.kernels.collective.Elements;
import dev.mugv.kernels.collective.NumberType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Arrays made from plain values in the engine's own memory, and views of such memory.
 *
 * <p>{@link NDManager#create(float[], Shape)} is not used for what is made again and again: its memory is a direct buffer of
 * Java's, which is freed at the next garbage collection only, however early the scope is closed; and it lies on 16-byte
 * borders, at another remainder of 64 in each process. Matrix kernels split sums by alignment, so two equal runs would
 * differ in their last bits. The engine allocates on 64-byte borders and frees at once.
 */
public final class EngineMemory {
    private EngineMemory() {}

    /** A FLOAT32 array with a copy of these values, row-major. */
    public static NDArray array(NDManager scope, Shape shape, float... values) {
        return array(scope, shape, FloatBuffer.wrap(values));
    }

    /** A FLOAT32 array with a copy of what remains of a buffer, whose position does not move. */
    public static NDArray array(NDManager scope, Shape shape, FloatBuffer values) {
        requireSize(shape, values.remaining());
        NDArray array = scope.create(shape, DataType.FLOAT32);
        if (values.hasRemaining()) {
            floats(array).put(values.duplicate());
        }
        return array;
    }

    /** An INT64 array with a copy of these values, row-major. */
    public static NDArray array(NDManager scope, Shape shape, long... values) {
        requireSize(shape, values.length);
        NDArray array = scope.create(shape, DataType.INT64);
        if (values.length > 0) {
            bytes(array).asLongBuffer().put(values);
        }
        return array;
    }

    /** A BOOLEAN array with a copy of these values, row-major. */
    public static NDArray array(NDManager scope, Shape shape, boolean... values) {
        requireSize(shape, values.length);
        NDArray array = scope.create(shape, DataType.BOOLEAN);
        if (values.length > 0) {
            ByteBuffer bytes = bytes(array);
            for (boolean value : values) {
                bytes.put((byte) (value ? 1 : 0));
            }
        }
        return array;
    }

    /**
     * The values of a FLOAT32 array, row-major, as a view that reads and writes them (of an array that is not contiguous: a
     * copy). Not to be used after the array is closed.
     */
    public static FloatBuffer floats(NDArray array) {
        if (array.getDataType() != DataType.FLOAT32) {
            throw new IllegalArgumentException("expected FLOAT32, found " + array.getDataType());
        }
        return bytes(array).asFloatBuffer();
    }

    /**
     * The values of a FLOAT32 or FLOAT64 array as a communicator takes them: a view, which must not outlive the array.
     *
     * @param array contiguous
     */
    public static Elements elements(NDArray array) {
        return Elements.of(bytes(array), array.getDataType() == DataType.FLOAT64 ? NumberType.FP64 : NumberType.FP32);
    }

    private static ByteBuffer bytes(NDArray array) {
        return ((PtNDArray) array).toByteBuffer(true).order(ByteOrder.nativeOrder());
    }

    private static void requireSize(Shape shape, int values) {
        if (values != shape.size()) {
            throw new IllegalArgumentException("%d values for shape %s".formatted(values, shape));
        }
    }
}
