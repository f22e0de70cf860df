package dev.mugv.model.tensor;

import ai.djl.Device;
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
import java.util.function.Consumer;

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
        return filled(scope, shape, floats -> floats.put(values.duplicate()));
    }

    /** A FLOAT32 array whose values somebody writes, row-major, before this returns. */
    public static NDArray filled(NDManager scope, Shape shape, Consumer<FloatBuffer> writer) {
        return filled(scope, shape, DataType.FLOAT32, bytes -> writer.accept(bytes.asFloatBuffer()));
    }

    /** Values are written in the host's memory and go to the scope's device from there. */
    private static NDArray filled(NDManager scope, Shape shape, DataType type, Consumer<ByteBuffer> writer) {
        if (!scope.getDevice().isGpu()) {
            return written(scope, shape, type, writer);
        }
        try (NDManager host = scope.newSubManager(Device.cpu())) {
            NDArray array = written(host, shape, type, writer).toDevice(scope.getDevice(), true);
            array.attach(scope);
            return array;
        }
    }

    private static NDArray written(NDManager scope, Shape shape, DataType type, Consumer<ByteBuffer> writer) {
        NDArray array = scope.create(shape, type);
        if (shape.size() > 0) {
            writer.accept(bytes(array));
        }
        return array;
    }

    /** An INT64 array with a copy of these values, row-major. */
    public static NDArray array(NDManager scope, Shape shape, long... values) {
        requireSize(shape, values.length);
        return filled(
                scope, shape, DataType.INT64, bytes -> bytes.asLongBuffer().put(values));
    }

    /** A BOOLEAN array with a copy of these values, row-major. */
    public static NDArray array(NDManager scope, Shape shape, boolean... values) {
        requireSize(shape, values.length);
        return filled(scope, shape, DataType.BOOLEAN, bytes -> {
            for (boolean value : values) {
                bytes.put((byte) (value ? 1 : 0));
            }
        });
    }

    /**
     * The values of a FLOAT32 array in the host's memory, row-major, as a view that reads and writes them (of an array that is not contiguous: a
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
        if (array.getDevice().isGpu()) {
            // The engine would give a copy, and what is written into it would be lost.
            throw new IllegalStateException("an array on %s has no memory here".formatted(array.getDevice()));
        }
        return ((PtNDArray) array).toByteBuffer(true).order(ByteOrder.nativeOrder());
    }

    private static void requireSize(Shape shape, int values) {
        if (values != shape.size()) {
            throw new IllegalArgumentException("%d values for shape %s".formatted(values, shape));
        }
    }
}
