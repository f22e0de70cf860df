package dev.mugv.model.tensor;

import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The part of a logical tensor that one rank holds: a box of it (tensor parallelism cuts along an axis), and of the box's
 * elements in row-major order a run (a sharded optimizer cuts flat buckets anywhere). What the parts of all ranks are united to
 * is the logical tensor, whatever the layout was.
 *
 * @param name of the logical tensor
 * @param shape of the logical tensor
 * @param box one extent an axis
 * @param first of the box's elements, in row-major order
 * @param count of elements held
 */
public record TensorSlice(String name, List<Long> shape, List<Extent> box, long first, long count) {
    private static final int PIECE_VALUES = 1 << 18;

    /**
     * A range along one axis.
     *
     * @param from first index
     * @param size how many
     */
    public record Extent(long from, long size) {}

    /** Told of elements that lie beside each other both in the logical tensor and in the slice. */
    @FunctionalInterface
    public interface RunConsumer {
        /**
         * @param logical index of the first element in the logical tensor, row-major
         * @param held index of the same element among those that the slice holds
         * @param length how many
         */
        void accept(long logical, long held, long length);
    }

    public TensorSlice {
        shape = List.copyOf(shape);
        box = List.copyOf(box);
        boolean within = shape.size() == box.size();
        for (int axis = 0; within && axis < box.size(); axis++) {
            Extent extent = box.get(axis);
            within = extent.from >= 0 && extent.size >= 0 && extent.from + extent.size <= shape.get(axis);
        }
        if (!within || first < 0 || count < 0 || first + count > product(box)) {
            throw new IllegalArgumentException("expected a box within %s and a run within it, found %s, %d + %d of '%s'"
                    .formatted(shape, box, first, count, name));
        }
    }

    /** All of a tensor. */
    public static TensorSlice whole(String name, Shape shape) {
        return range(name, shape, 0, shape.size());
    }

    /** Consecutive elements of a tensor, as a sharded optimizer holds them. */
    public static TensorSlice range(String name, Shape shape, long first, long count) {
        List<Long> sizes = sizes(shape);
        List<Extent> box = sizes.stream().map(size -> new Extent(0, size)).toList();
        return new TensorSlice(name, sizes, box, first, count);
    }

    /** A range along one axis, all of the others, as tensor parallelism cuts a matrix. */
    public static TensorSlice along(String name, Shape shape, int axis, long from, long size) {
        List<Long> sizes = sizes(shape);
        List<Extent> box = new ArrayList<>();
        for (int each = 0; each < sizes.size(); each++) {
            box.add(each == axis ? new Extent(from, size) : new Extent(0, sizes.get(each)));
        }
        return new TensorSlice(name, sizes, box, 0, product(box));
    }

    /** The same elements of a tensor of this shape under another name. */
    public TensorSlice named(String other) {
        return new TensorSlice(other, shape, box, first, count);
    }

    /** Consecutive elements of this slice: what a sharded optimizer holds of a cut matrix. */
    public TensorSlice part(long from, long size) {
        return new TensorSlice(name, shape, box, first + from, size);
    }

    /** Whether this is all of the logical tensor. */
    public boolean isWhole() {
        return count == elements();
    }

    /** Elements of the logical tensor. */
    public long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** Shape under which the slice is stored: the box's, or flat where only a run of the box is held. */
    public Shape storedShape() {
        return count == product(box)
                ? new Shape(box.stream().mapToLong(Extent::size).toArray())
                : new Shape(count);
    }

    /** A name under which a file can hold the slice beside others of the same tensor. */
    public String key() {
        if (isWhole()) {
            return name;
        }
        StringBuilder key = new StringBuilder(name).append('[');
        for (int axis = 0; axis < box.size(); axis++) {
            Extent extent = box.get(axis);
            key.append(axis == 0 ? "" : ",").append(extent.from).append(':').append(extent.from + extent.size);
        }
        key.append(']');
        return count == product(box)
                ? key.toString()
                : key.append('@').append(first).append('+').append(count).toString();
    }

    /** Goes through the elements that lie within a range of the logical tensor, in order. */
    public void forEachOverlap(long from, long to, RunConsumer consumer) {
        long length = runLength();
        if (length == 0 || count == 0) {
            return;
        }
        long lastRun = (first + count - 1) / length;
        for (long run = firstRunEndingAfter(from, length); run <= lastRun; run++) {
            long start = start(run, length);
            if (start >= to) {
                return;
            }
            // Of the run: what the slice holds, and what is asked for.
            long low = Math.max(Math.max(0, first - run * length), from - start);
            long high = Math.min(Math.min(length, first + count - run * length), to - start);
            if (low < high) {
                consumer.accept(start + low, run * length + low - first, high - low);
            }
        }
    }

    /** Reads what this slice holds out of a source of whole tensors, whatever layout that was saved under. */
    public void read(TensorSource source, FloatBuffer target) {
        if (target.remaining() != count) {
            throw new IllegalArgumentException(
                    "%s holds %d values, the target %d".formatted(key(), count, target.remaining()));
        }
        ByteBuffer piece = ByteBuffer.allocateDirect((int) Math.min(PIECE_VALUES, Math.max(1, count)) * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        forEachOverlap(0, elements(), (logical, held, length) -> {
            for (long done = 0; done < length; done += PIECE_VALUES) {
                int values = (int) Math.min(PIECE_VALUES, length - done);
                piece.clear().limit(values * Float.BYTES);
                source.copy(name, logical + done, piece);
                target.put(piece.flip().asFloatBuffer());
            }
        });
    }

    /** Runs are in order in the logical tensor too, so the first is found by halving. */
    private long firstRunEndingAfter(long from, long length) {
        long low = first / length;
        long high = (first + count - 1) / length;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (start(middle, length) + length > from) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Elements of the box that lie beside each other in the logical tensor. */
    private long runLength() {
        long length = 1;
        for (int axis = box.size() - 1; axis >= 0; axis--) {
            length *= box.get(axis).size;
            if (box.get(axis).size != shape.get(axis)) {
                break;
            }
        }
        return length;
    }

    /** Index in the logical tensor of the first element of a run. */
    private long start(long run, long length) {
        long rest = run * length;
        long index = 0;
        long stride = 1;
        for (int axis = box.size() - 1; axis >= 0; axis--) {
            Extent extent = box.get(axis);
            index += (extent.from + rest % extent.size) * stride;
            rest /= extent.size;
            stride *= shape.get(axis);
        }
        return index;
    }

    private static long product(List<Extent> box) {
        return box.stream().mapToLong(Extent::size).reduce(1, Math::multiplyExact);
    }

    private static List<Long> sizes(Shape shape) {
        return IntStream.range(0, shape.dimension()).mapToObj(shape::get).toList();
    }
}
