package dev.mugv.model.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Named parameters of a model, fp32 (fp64 where a proof needs it), in one order, whose memory is ours: a few flat direct buffers (under 2 GiB each) that
 * the engine reads and accumulates gradients into, and that plain Java reads and writes without a copy.
 *
 * <p>Weights and gradients share one layout, so element i of a gradient bucket belongs to element i of the weight bucket.
 * Every parameter starts on a 64-byte border ({@link EngineMemory} says why); the padding between is zero and stays zero under any update that maps (0, gradient 0) to 0.
 *
 * <p>Where another device computes ({@link Placement#MIRRORED}), {@link #get} and {@link #gradientArray} give arrays there: {@link
 * #valuesToDevice} and {@link #gradientsToHost} move what changed. All else is the host's memory.
 *
 * <p>Not safe for use by several threads. Close it after every graph that uses it has been run back.
 */
public final class ParameterSet implements AutoCloseable {
    private static final int ALIGNMENT = 64;
    private static final long BUCKET_BYTES = (1L << 31) - 4L * ALIGNMENT;

    /** Where the arrays lie that a model computes with. */
    public enum Placement {
        /** In the host's memory itself. */
        HOST,
        /** In copies on the scope's device. */
        MIRRORED;

        /** Of a scope: on a processor nothing need be copied. */
        static Placement of(NDManager scope) {
            return scope.getDevice().isGpu() ? MIRRORED : HOST;
        }
    }

    private record Entry(ParameterShape shape, int bucket, int offset) {}

    private final NDManager scope;
    private final DataType type;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();
    private final Map<String, NDArray> gradientArrays = new LinkedHashMap<>();
    private final List<ByteBuffer> weights;
    private final List<ByteBuffer> gradients;
    private final Optional<DeviceMirror> mirror;

    // Five parameters and whether there are gradients, which the two factories answer.
    private ParameterSet(
            NDManager parent,
            Collection<ParameterShape> shapes,
            DataType type,
            Placement placement,
            boolean trainable) {
        this.type = type;
        List<Integer> sizes = layOut(shapes);
        weights = sizes.stream().map(ParameterSet::alignedBuffer).toList();
        gradients = trainable ? sizes.stream().map(ParameterSet::alignedBuffer).toList() : List.of();
        scope = parent.newSubManager(Device.cpu());
        for (Entry entry : entries.values()) {
            NDArray array = scope.create(slice(weights, entry), entry.shape.shape(), type);
            if (trainable) {
                NDArray gradient = scope.create(slice(gradients, entry), entry.shape.shape(), type);
                array.setRequiresGradient(true);
                GradientBinding.bind(entry.shape.name(), array, gradient);
                gradientArrays.put(entry.shape.name(), gradient);
            }
            arrays.put(entry.shape.name(), array);
        }
        mirror = placement == Placement.MIRRORED
                ? Optional.of(new DeviceMirror(parent, arrays, gradientArrays))
                : Optional.empty();
    }

    /** Zeros, without gradients. */
    public static ParameterSet frozen(NDManager scope, Collection<ParameterShape> shapes) {
        return frozen(scope, shapes, DataType.FLOAT32);
    }

    /** The same in FLOAT32 or FLOAT64. Buffers of floats are had from FLOAT32 only. */
    public static ParameterSet frozen(NDManager scope, Collection<ParameterShape> shapes, DataType type) {
        return new ParameterSet(scope, shapes, type, Placement.of(scope), false);
    }

    /** Zeros, each requiring a gradient; gradients are zero. */
    public static ParameterSet trainable(NDManager scope, Collection<ParameterShape> shapes) {
        return trainable(scope, shapes, DataType.FLOAT32);
    }

    /** The same in FLOAT32 or FLOAT64. Buffers of floats are had from FLOAT32 only. */
    public static ParameterSet trainable(NDManager scope, Collection<ParameterShape> shapes, DataType type) {
        return new ParameterSet(scope, shapes, type, Placement.of(scope), true);
    }

    /** The same in FLOAT32, placed as told whatever the scope's device is. */
    public static ParameterSet trainable(NDManager scope, Collection<ParameterShape> shapes, Placement placement) {
        return new ParameterSet(scope, shapes, DataType.FLOAT32, placement, true);
    }

    /** A copy of the values, without gradients (a reference model, an average). */
    public ParameterSet frozenCopy(NDManager scope) {
        ParameterSet copy = frozen(scope, shapes());
        copy.copyFrom(this);
        return copy;
    }

    /** Names and shapes in this set's order. */
    public List<ParameterShape> shapes() {
        return entries.values().stream().map(Entry::shape).toList();
    }

    /**
     * Where a parameter lies.
     *
     * @param shape its name and shape
     * @param bucket index into {@link #weightBuckets} and {@link #gradientBuckets}
     * @param start index of its first value there
     */
    public record Place(ParameterShape shape, int bucket, int start) {}

    /** Where every parameter lies, in this set's order; equal shapes make equal places. */
    public List<Place> places() {
        return entries.values().stream()
                .map(entry -> new Place(entry.shape, entry.bucket, entry.offset / Float.BYTES))
                .toList();
    }

    /** Consecutive values of a parameter as a flat array over this set's memory, which lives as long as the set. */
    public NDArray weightRange(String name, long first, long count) {
        return range(weights, entry(name), first, count);
    }

    /** Consecutive elements of a parameter's gradient as a flat array over this set's memory. */
    public NDArray gradientRange(String name, long first, long count) {
        requireTrainable();
        return range(gradients, entry(name), first, count);
    }

    private NDArray range(List<ByteBuffer> buckets, Entry entry, long first, long count) {
        ByteBuffer values = slice(buckets, entry)
                .slice(Math.toIntExact(first * Float.BYTES), Math.toIntExact(count * Float.BYTES))
                .order(ByteOrder.nativeOrder());
        return scope.create(values, new Shape(count), DataType.FLOAT32);
    }

    /** Number of values, padding not counted. */
    public long size() {
        return entries.values().stream().mapToLong(entry -> entry.shape.size()).sum();
    }

    public boolean contains(String name) {
        return entries.containsKey(name);
    }

    /** Takes the present values to the device that computes with them, if that is another. */
    public void valuesToDevice() {
        mirror.ifPresent(DeviceMirror::upload);
    }

    /** Adds the gradients that another device has summed of some parameters to those here, and begins its sums anew. */
    public void gradientsToHost(Predicate<String> some) {
        mirror.ifPresent(device -> device.addGradients(some));
    }

    /**
     * The parameter as a model computes with it, an array that lives as long as this set; in place {@link Placement#HOST} changes show in
     * {@link #weightBuckets}.
     */
    public NDArray get(String name) {
        NDArray array = mirror.map(DeviceMirror::weights).orElse(arrays).get(name);
        if (array == null) {
            throw unknown(name);
        }
        return array;
    }

    /** Several parameters in the order asked for. */
    public NDList get(List<String> names) {
        NDList list = new NDList(names.size());
        names.forEach(name -> list.add(get(name)));
        return list;
    }

    /** The accumulated gradient of one parameter, where a model computes: what is added to it counts. */
    public NDArray gradientArray(String name) {
        requireTrainable();
        NDArray gradient =
                mirror.map(DeviceMirror::gradients).orElse(gradientArrays).get(name);
        if (gradient == null) {
            throw unknown(name);
        }
        return gradient;
    }

    /** The values of one parameter, row-major, to be read or written. */
    public FloatBuffer values(String name) {
        requireFloats();
        return slice(weights, entry(name)).asFloatBuffer();
    }

    /** The accumulated gradient of one parameter, row-major, to be read or written. */
    public FloatBuffer gradient(String name) {
        requireTrainable();
        requireFloats();
        return slice(gradients, entry(name)).asFloatBuffer();
    }

    /** All values with their padding, in order. */
    public List<FloatBuffer> weightBuckets() {
        requireFloats();
        return floats(weights);
    }

    /** All gradients with their padding, in the layout of {@link #weightBuckets}. */
    public List<FloatBuffer> gradientBuckets() {
        requireTrainable();
        requireFloats();
        return floats(gradients);
    }

    public boolean isTrainable() {
        return !gradients.isEmpty() || entries.isEmpty();
    }

    /** Sets every gradient to zero. */
    public void zeroGradients() {
        requireTrainable();
        gradients.forEach(ParameterSet::zero);
    }

    /** Takes over the values of a set with the same names and shapes. */
    public void copyFrom(ParameterSet other) {
        if (!other.shapes().equals(shapes())) {
            throw new WorkFailure(
                    FailureKind.DEFECT,
                    "Cannot copy parameters: the two sets differ in names, shapes or order. Report this as a defect.");
        }
        for (int i = 0; i < weights.size(); i++) {
            weights.get(i).duplicate().put(other.weights.get(i).duplicate());
        }
    }

    /** SHA-256 over names, shapes and little-endian values in name order: equal for equal models whatever the layout. */
    public String sha256() {
        MessageDigest digest = Sha256.digest();
        for (Entry entry : new TreeMap<>(entries).values()) {
            digest.update((entry.shape.name() + entry.shape.shape() + "\n").getBytes(StandardCharsets.UTF_8));
            digest.update(slice(weights, entry));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * Takes the values from a file that holds these parameters and nothing else.
     *
     * @throws WorkFailure of kind INVALID_REQUEST listing every missing, unexpected and wrongly shaped key
     */
    public void read(Path file) {
        try (TensorSource tensors = SafetensorsFile.open(file)) {
            tensors.requireExactly(shapes());
            fill(tensors);
        }
    }

    /**
     * Takes the values of this set's names from a source that may hold more.
     *
     * @throws WorkFailure of kind INVALID_REQUEST naming a tensor and its element that is not finite
     */
    public void fill(TensorSource tensors) {
        fill(tensors, shapes());
    }

    /** Takes the values of some of this set's names only. */
    public void fill(TensorSource tensors, Collection<ParameterShape> some) {
        for (ParameterShape shape : some) {
            tensors.requireFinite(shape.name());
            tensors.read(shape.name(), values(shape.name()));
        }
    }

    /** Writes all values; equal values and metadata make equal bytes. */
    public void write(Path file, Map<String, String> metadata) {
        SafetensorsWriter writer = new SafetensorsWriter(metadata);
        addTo(writer);
        writer.write(file);
    }

    /** Adds all values to a file that holds more. */
    public void addTo(SafetensorsWriter writer) {
        for (ParameterShape shape : shapes()) {
            writer.add(shape.name(), shape.shape(), values(shape.name()));
        }
    }

    @Override
    public void close() {
        mirror.ifPresent(DeviceMirror::close);
        scope.close();
    }

    private List<Integer> layOut(Collection<ParameterShape> shapes) {
        List<Integer> sizes = new ArrayList<>();
        long used = 0;
        for (ParameterShape shape : shapes) {
            long bytes = Math.multiplyExact(shape.size(), type.getNumOfBytes());
            long padded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            if (padded > BUCKET_BYTES) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot hold parameter '%s': it needs %d bytes, expected at most %d. Use a smaller model."
                                .formatted(shape.name(), bytes, BUCKET_BYTES));
            }
            if (used + padded > BUCKET_BYTES) {
                sizes.add((int) used);
                used = 0;
            }
            if (entries.put(shape.name(), new Entry(shape, sizes.size(), (int) used)) != null) {
                throw new IllegalArgumentException("two parameters are called " + shape.name());
            }
            used += padded;
        }
        if (used > 0) {
            sizes.add((int) used);
        }
        return sizes;
    }

    private static ByteBuffer alignedBuffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes + ALIGNMENT)
                .alignedSlice(ALIGNMENT)
                .slice(0, bytes)
                .order(ByteOrder.nativeOrder());
    }

    private ByteBuffer slice(List<ByteBuffer> buckets, Entry entry) {
        int bytes = Math.toIntExact(entry.shape.size() * type.getNumOfBytes());
        return buckets.get(entry.bucket).slice(entry.offset, bytes).order(ByteOrder.nativeOrder());
    }

    private static void zero(ByteBuffer buffer) {
        FloatBuffer floats = buffer.duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer();
        float[] zeros = new float[Math.min(1 << 16, floats.remaining())];
        while (floats.hasRemaining()) {
            floats.put(zeros, 0, Math.min(zeros.length, floats.remaining()));
        }
    }

    private static List<FloatBuffer> floats(List<ByteBuffer> buckets) {
        return buckets.stream()
                .map(bucket -> bucket.duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer())
                .toList();
    }

    private Entry entry(String name) {
        @Nullable Entry entry = entries.get(name);
        if (entry == null) {
            throw unknown(name);
        }
        return entry;
    }

    private static IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException("no parameter is called " + name);
    }

    private void requireFloats() {
        if (type != DataType.FLOAT32) {
            throw new IllegalStateException("these parameters are " + type + ": use their arrays");
        }
    }

    private void requireTrainable() {
        if (!isTrainable()) {
            throw new IllegalStateException("these parameters are frozen: they have no gradients");
        }
    }
}
