package dev.mugv.model.archive;

import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * A tensor as torch stores it: a view of a storage, which other tensors may view too.
 *
 * @param storage where its elements are
 * @param offset of its first element
 * @param shape sizes of its axes
 * @param strides elements between neighbours along each axis
 */
record StridedTensor(TorchStorage storage, long offset, Shape shape, List<Long> strides) {
    /** Takes neighbouring elements of the storage. */
    @FunctionalInterface
    interface Run {
        void take(long first, int count);
    }

    /**
     * @throws IllegalArgumentException if it reaches beyond its storage
     */
    StridedTensor {
        strides = List.copyOf(strides);
        if (offset < 0 || strides.size() != shape.dimension()) {
            throw new IllegalArgumentException("offset %d, shape %s, strides %s".formatted(offset, shape, strides));
        }
        boolean empty = false;
        long last = offset;
        for (int axis = 0; axis < strides.size(); axis++) {
            long size = shape.get(axis);
            if (size < 0 || strides.get(axis) < 0) {
                throw new IllegalArgumentException("shape %s, strides %s".formatted(shape, strides));
            }
            empty |= size == 0;
            last = Math.addExact(last, Math.multiplyExact(Math.max(0, size - 1), strides.get(axis)));
        }
        if (!empty && last >= storage.elements()) {
            throw new IllegalArgumentException(
                    "shape %s with strides %s from %d reaches beyond the %d elements of storage %s"
                            .formatted(shape, strides, offset, storage.elements(), storage.key()));
        }
        requireCountable(shape);
    }

    /** Whether its elements lie in row-major order without gaps. */
    boolean isContiguous() {
        long expected = 1;
        for (int axis = strides.size() - 1; axis >= 0; axis--) {
            if (shape.get(axis) != 1) {
                if (strides.get(axis) != expected) {
                    return false;
                }
                expected *= shape.get(axis);
            }
        }
        return true;
    }

    /** Visits consecutive elements, row-major, as runs of neighbours in the storage. */
    void runs(long first, int count, Run taker) {
        if (isContiguous()) {
            taker.take(offset + first, count);
            return;
        }
        int last = strides.size() - 1;
        long[] index = index(first);
        for (int left = count; left > 0; ) {
            boolean neighbours = strides.get(last) == 1;
            int run = neighbours ? (int) Math.min(left, shape.get(last) - index[last]) : 1;
            taker.take(position(index), run);
            left -= run;
            advance(index, run);
        }
    }

    private long[] index(long element) {
        long[] index = new long[strides.size()];
        long rest = element;
        for (int axis = index.length - 1; axis >= 0; axis--) {
            index[axis] = rest % shape.get(axis);
            rest /= shape.get(axis);
        }
        return index;
    }

    private long position(long[] index) {
        long position = offset;
        for (int axis = 0; axis < index.length; axis++) {
            position += index[axis] * strides.get(axis);
        }
        return position;
    }

    private void advance(long[] index, int count) {
        int axis = index.length - 1;
        index[axis] += count;
        while (axis > 0 && index[axis] == shape.get(axis)) {
            index[axis] = 0;
            axis--;
            index[axis]++;
        }
    }

    private static void requireCountable(Shape shape) {
        long count = 1;
        for (long size : shape.getShape()) {
            count = Math.multiplyExact(count, Math.max(1, size));
        }
    }
}
