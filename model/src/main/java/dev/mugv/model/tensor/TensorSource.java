package dev.mugv.model.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/**
 * Named tensors that are read from where they lie, piece by piece: a file, several files as one, or another source seen under
 * other names, in another order or type. Nothing is held in memory beyond the piece asked for.
 *
 * <p>For one thread at a time.
 */
public interface TensorSource extends AutoCloseable {
    /** The file or folder, for messages. */
    Path path();

    /** Names in the source's order. */
    Set<String> names();

    /**
     * @throws WorkFailure of kind CORRUPT if there is no such tensor
     */
    Shape shape(String name);

    /**
     * @throws WorkFailure of kind CORRUPT if there is no such tensor
     */
    ElementType type(String name);

    /**
     * Copies consecutive elements, row-major and little-endian, until the target is full.
     *
     * @param first index of the first element
     * @param target its remaining bytes are a whole number of elements, none beyond the tensor's last
     */
    void copy(String name, long first, ByteBuffer target);

    /**
     * The bytes of a tensor of under 2 GiB where they lie, row-major, little-endian and read-only: mapped, not copied, and valid
     * after the source is closed. Empty where they do not lie so.
     */
    default Optional<ByteBuffer> mapped(String name) {
        return Optional.empty();
    }

    @Override
    void close();

    /** Whether there is a tensor of this name. */
    default boolean contains(String name) {
        return names().contains(name);
    }

    /**
     * Requires this source to hold exactly these tensors.
     *
     * @throws WorkFailure of kind INVALID_REQUEST listing missing, unexpected and wrongly shaped keys
     */
    default void requireExactly(Collection<ParameterShape> expected) {
        KeyDifferences differences = KeyDifferences.between(this, expected);
        if (!differences.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot load '%s': %s. Use a file made for this model and size.".formatted(path(), differences));
        }
    }

    /** Reads a tensor of any type into fp32 values, row-major; the target's remaining size must be the tensor's. */
    default void read(String name, FloatBuffer target) {
        long count = shape(name).size();
        if (target.remaining() != count) {
            throw new IllegalArgumentException(
                    "%s has %d values, the target holds %d".formatted(name, count, target.remaining()));
        }
        TensorPieces.of(this, name).forEach((type, piece, elements) -> {
            if (type == ElementType.F32) {
                target.put(piece.asFloatBuffer());
                return;
            }
            for (int i = 0; i < elements; i++) {
                target.put(type.real(piece, i));
            }
        });
    }

    /** The values of a tensor as fp32, row-major. */
    default float[] floats(String name) {
        float[] values = new float[Math.toIntExact(shape(name).size())];
        read(name, FloatBuffer.wrap(values));
        return values;
    }

    /** The values of an integer or truth tensor, row-major. */
    default long[] longs(String name) {
        if (type(name).isReal()) {
            throw new WorkFailure(
                    FailureKind.CORRUPT,
                    "Cannot read '%s': tensor '%s' is %s, expected an integer type. Restore the file or delete it to have it made again."
                            .formatted(path(), name, type(name)));
        }
        long[] values = new long[Math.toIntExact(shape(name).size())];
        int[] done = {0};
        TensorPieces.of(this, name).forEach((type, piece, elements) -> {
            for (int i = 0; i < elements; i++) {
                values[done[0]++] = type.integer(piece, i);
            }
        });
        return values;
    }

    /** A tensor as an array of the scope: FLOAT32, INT64 or BOOLEAN. */
    default NDArray array(NDManager scope, String name) {
        Shape shape = shape(name);
        if (type(name).isReal()) {
            NDArray array = scope.create(shape, DataType.FLOAT32);
            if (shape.size() > 0) {
                read(name, EngineMemory.floats(array));
            }
            return array;
        }
        long[] values = longs(name);
        if (type(name) != ElementType.BOOL) {
            return EngineMemory.array(scope, shape, values);
        }
        boolean[] truths = new boolean[values.length];
        for (int i = 0; i < values.length; i++) {
            truths[i] = values[i] != 0;
        }
        return scope.create(truths, shape);
    }

    /**
     * Reads every value once and requires all to be finite.
     *
     * @throws WorkFailure of kind INVALID_REQUEST naming the tensor and the element
     */
    default void requireFinite() {
        for (String name : names()) {
            requireFinite(name);
        }
    }

    /**
     * The same for one tensor.
     *
     * @throws WorkFailure of kind INVALID_REQUEST naming the tensor and the element
     */
    default void requireFinite(String name) {
        if (!type(name).isReal()) {
            return;
        }
        long[] done = {0};
        TensorPieces.of(this, name).forEach((type, piece, elements) -> {
            int bad = type.firstNonFinite(piece, elements);
            if (bad < elements) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot use '%s': tensor '%s' holds %s at element %d, expected finite numbers. Use a checkpoint from before its training diverged."
                                .formatted(path(), name, type.real(piece, bad), done[0] + bad));
            }
            done[0] += elements;
        });
    }
}
