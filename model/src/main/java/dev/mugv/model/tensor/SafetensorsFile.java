package dev.mugv.model.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A safetensors file: 8 bytes little-endian header length, a JSON header, then raw little-endian values. Tensors are mapped
 * into memory one by one when they are read.
 *
 * <p>DJL's own decoder is not used: it ends the JVM on BF16 and has no reads of single tensors.
 */
public final class SafetensorsFile implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final SafetensorsHeader header;

    private SafetensorsFile(Path file, FileChannel channel, SafetensorsHeader header) {
        this.file = file;
        this.channel = channel;
        this.header = header;
    }

    /**
     * Opens a file and checks its whole header.
     *
     * @throws WorkFailure of kind CORRUPT naming the file, if it is truncated or not well formed
     */
    public static SafetensorsFile open(Path file) {
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            return new SafetensorsFile(file, channel, SafetensorsHeader.read(file, channel));
        } catch (IOException | RuntimeException e) {
            try {
                channel.close();
            } catch (IOException closing) {
                e.addSuppressed(closing);
            }
            if (e instanceof IOException io) {
                throw new UncheckedIOException(io);
            }
            throw (RuntimeException) e;
        }
    }

    public Path path() {
        return file;
    }

    /** The free text values under {@code __metadata__}. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /** Names in the header's order. */
    public Set<String> names() {
        return header.tensors().keySet();
    }

    public Shape shape(String name) {
        return entry(name).shape();
    }

    public ElementType type(String name) {
        return entry(name).type();
    }

    /**
     * Requires this file to hold exactly these tensors.
     *
     * @throws WorkFailure of kind INVALID_REQUEST listing every missing, unexpected and wrongly shaped key
     */
    public void requireExactly(Collection<ParameterShape> expected) {
        Set<String> missing = new TreeSet<>();
        Set<String> unexpected = new TreeSet<>(names());
        Map<String, String> misshapen = new LinkedHashMap<>();
        for (ParameterShape shape : expected) {
            if (!unexpected.remove(shape.name())) {
                missing.add(shape.name());
            } else if (!shape(shape.name()).equals(shape.shape())) {
                misshapen.put(shape.name(), "expected %s, found %s".formatted(shape.shape(), shape(shape.name())));
            }
        }
        if (!missing.isEmpty() || !unexpected.isEmpty() || !misshapen.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot load '%s': missing keys %s; unexpected keys %s; wrong shapes %s. Use a file made for this model and size."
                            .formatted(file, missing, unexpected, misshapen));
        }
    }

    /** Reads a tensor of any type into fp32 values, row-major; the target's remaining size must be the tensor's. */
    public void read(String name, FloatBuffer target) {
        SafetensorsHeader.Entry entry = entry(name);
        if (target.remaining() != entry.shape().size()) {
            throw new IllegalArgumentException("%s has %d values, the target holds %d"
                    .formatted(name, entry.shape().size(), target.remaining()));
        }
        ByteBuffer data = map(entry);
        if (entry.type() == ElementType.F32) {
            target.put(data.asFloatBuffer());
            return;
        }
        for (int i = 0, n = target.remaining(); i < n; i++) {
            target.put(entry.type().real(data, i));
        }
    }

    /** The bytes of a tensor as they stand in the file, little-endian and read-only: mapped, not copied. */
    public ByteBuffer mapped(String name) {
        return map(entry(name));
    }

    /** The values of a tensor as fp32, row-major. */
    public float[] floats(String name) {
        float[] values = new float[Math.toIntExact(entry(name).shape().size())];
        read(name, FloatBuffer.wrap(values));
        return values;
    }

    /** The values of an integer or truth tensor, row-major. */
    public long[] longs(String name) {
        SafetensorsHeader.Entry entry = entry(name);
        if (entry.type().isReal()) {
            throw failure("tensor '%s' is %s, expected an integer type".formatted(name, entry.type()));
        }
        ByteBuffer data = map(entry);
        long[] values = new long[Math.toIntExact(entry.shape().size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = entry.type().integer(data, i);
        }
        return values;
    }

    /** A tensor as an array of the scope: FLOAT32, INT64 or BOOLEAN. */
    public NDArray array(NDManager scope, String name) {
        SafetensorsHeader.Entry entry = entry(name);
        if (entry.type().isReal()) {
            NDArray array = scope.create(entry.shape(), DataType.FLOAT32);
            if (entry.bytes() > 0) {
                read(name, EngineMemory.floats(array));
            }
            return array;
        }
        long[] values = longs(name);
        if (entry.type() != ElementType.BOOL) {
            return EngineMemory.array(scope, entry.shape(), values);
        }
        boolean[] truths = new boolean[values.length];
        for (int i = 0; i < values.length; i++) {
            truths[i] = values[i] != 0;
        }
        return scope.create(truths, entry.shape());
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ByteBuffer map(SafetensorsHeader.Entry entry) {
        if (entry.bytes() > Integer.MAX_VALUE) {
            throw failure("a tensor of " + entry.bytes() + " bytes is over the limit of 2 GiB");
        }
        try {
            return channel.map(FileChannel.MapMode.READ_ONLY, entry.start(), entry.bytes())
                    .order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SafetensorsHeader.Entry entry(String name) {
        SafetensorsHeader.Entry entry = header.tensors().get(name);
        if (entry == null) {
            throw failure("it holds no tensor '" + name + "'");
        }
        return entry;
    }

    private WorkFailure failure(String fact) {
        return SafetensorsHeader.corrupt(file, fact);
    }
}
