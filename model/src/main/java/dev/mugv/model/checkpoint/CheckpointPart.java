package dev.mugv.model.checkpoint;

import dev.mugv.model.tensor.TensorSlice;
import dev.mugv.model.tensor.TensorValues;
import java.nio.FloatBuffer;

/**
 * What one rank contributes to a checkpoint of one logical tensor.
 *
 * @param group which file it goes to: {@code model} or {@code optimizer}
 * @param slice which elements; those of all ranks must cover the tensor once
 * @param values fp32 elements of the slice, read before {@link CheckpointStore#save} returns
 */
public record CheckpointPart(String group, TensorSlice slice, TensorValues values) {
    public CheckpointPart {
        if (!group.matches("[a-z][a-z-]*")) {
            throw new IllegalArgumentException("expected a group in lower-case letters, found '" + group + "'");
        }
    }

    /** A tensor that this rank holds as a whole or in part, in a buffer. */
    public static CheckpointPart of(String group, TensorSlice slice, FloatBuffer values) {
        if (values.remaining() != slice.count()) {
            throw new IllegalArgumentException(
                    "%s holds %d values, the buffer %d".formatted(slice.key(), slice.count(), values.remaining()));
        }
        return new CheckpointPart(group, slice, TensorValues.of(values));
    }

    long bytes() {
        return slice.count() * Float.BYTES;
    }
}
