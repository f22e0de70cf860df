package dev.mugv.model.checkpoint;

import dev.mugv.model.tensor.TensorSlice;
import dev.mugv.model.tensor.TensorSlice.Extent;
import java.util.List;

/**
 * One tensor of a checkpoint as a whole, and where its parts lie.
 *
 * @param shape of the whole
 * @param sha256 of all its fp32 values, row-major and little-endian: the same under every layout
 * @param slices together every element once
 */
record LogicalTensor(List<Long> shape, String sha256, List<Stored> slices) {
    LogicalTensor {
        shape = List.copyOf(shape);
        slices = List.copyOf(slices);
    }

    /**
     * A part in its file.
     *
     * @param file its name
     * @param key the tensor's name in it
     * @param box see {@link TensorSlice}
     * @param first see {@link TensorSlice}
     * @param count see {@link TensorSlice}
     * @param sha256 of its values as they were handed to the file system
     */
    record Stored(String file, String key, List<Extent> box, long first, long count, String sha256) {
        Stored {
            box = List.copyOf(box);
        }

        TensorSlice slice(String name, List<Long> shape) {
            return new TensorSlice(name, shape, box, first, count);
        }
    }
}
