package dev.mugv.kernels.operation;

import dev.mugv.kernels.TensorHash;
import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;
import dev.mugv.kernels.memory.HostElements;

/** The {@link TensorHash} of a part of a tensor, wherever it lies. */
public interface TensorHashing {
    /** Adds a part's two sums, as INT64, to what is there. */
    void add(Part part, Elements sums_2);

    /**
     * A part: rows of columns, cut out of a row-major tensor. A whole tensor is one row.
     *
     * @param values of the part, one row behind the other
     * @param columns of a row of the part
     * @param rowStride elements of the tensor from one row of the part to the next
     * @param firstIndex of the part's first element in the tensor
     * @param key of {@link TensorHash#key}
     */
    record Part(Elements values, long columns, long rowStride, long firstIndex, long key) {
        public Part {
            Requirement.format("values", values, ElementFormat.FP32, ElementFormat.BF16);
            Requirement.positive("columns", columns);
            if (values.count() % columns != 0 || rowStride < columns || firstIndex < 0) {
                throw new IllegalArgumentException(
                        "expected whole rows of %d columns, a stride of at least that and an index from 0, found %d elements, %d and %d"
                                .formatted(columns, values.count(), rowStride, firstIndex));
            }
        }

        /** All of a tensor. */
        public static Part whole(Elements values, long key) {
            return new Part(values, values.count(), values.count(), 0, key);
        }
    }

    /** Requires the place of the sums. */
    static void requireSums(Elements sums_2) {
        Requirement.of("sums", sums_2, 2, ElementFormat.INT64);
    }

    /** What the sums of all parts say. */
    static TensorHash hash(HostElements sums_2) {
        return new TensorHash(sums_2.longs().get(0), sums_2.longs().get(1));
    }
}
