package dev.mugv.kernels.memory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Objects;

/** Elements in host memory: a direct buffer in the machine's byte order, so at most 2 GiB. */
public final class HostElements implements Elements {
    private final ByteBuffer bytes;
    private final ElementFormat format;
    private final int count;

    private HostElements(ByteBuffer bytes, ElementFormat format) {
        this.bytes = bytes.order(ByteOrder.nativeOrder());
        this.format = format;
        this.count = bytes.limit() / format.bytes();
    }

    /** New memory, all zero. */
    public static HostElements allocate(ElementFormat format, long count) {
        return new HostElements(ByteBuffer.allocateDirect(Math.toIntExact(count * format.bytes())), format);
    }

    /**
     * Somebody's memory, for example a tensor's.
     *
     * @param bytes direct; what remains of it is taken, a whole number of elements
     */
    public static HostElements over(ByteBuffer bytes, ElementFormat format) {
        if (!bytes.isDirect() || bytes.remaining() % format.bytes() != 0) {
            throw new IllegalArgumentException(
                    "expected a direct buffer of whole elements of %s, found %d bytes, direct: %s"
                            .formatted(format.label(), bytes.remaining(), bytes.isDirect()));
        }
        return new HostElements(bytes.slice(), format);
    }

    /** Numbers, each rounded to the format. */
    public static HostElements of(ElementFormat format, double... values) {
        HostElements elements = allocate(format, values.length);
        for (int i = 0; i < values.length; i++) {
            elements.set(i, values[i]);
        }
        return elements;
    }

    /** Whole numbers of 64 bits. */
    public static HostElements of(long... values) {
        HostElements elements = allocate(ElementFormat.INT64, values.length);
        elements.bytes.asLongBuffer().put(values);
        return elements;
    }

    @Override
    public ElementFormat format() {
        return format;
    }

    @Override
    public long count() {
        return count;
    }

    @Override
    public HostElements slice(long first, long length) {
        Objects.checkFromIndexSize(first, length, (long) count);
        int width = format.bytes();
        return new HostElements(bytes.slice((int) first * width, (int) length * width), format);
    }

    /** One of them as a double, which is exact but for whole numbers beyond 2^53. */
    public double get(int index) {
        return switch (format) {
            case FP32 -> bytes.getFloat(4 * index);
            case BF16 -> Bf16.widen(bytes.getShort(2 * index));
            case FP64 -> bytes.getDouble(8 * index);
            case UINT8 -> bytes.get(index) & 0xFF;
            case INT32 -> bytes.getInt(4 * index);
            case INT64 -> bytes.getLong(8 * index);
        };
    }

    /** Sets one of them, rounded to the nearest; to bf16 by way of fp32. */
    public void set(int index, double value) {
        switch (format) {
            case FP32 -> bytes.putFloat(4 * index, (float) value);
            case BF16 -> bytes.putShort(2 * index, Bf16.nearest((float) value));
            case FP64 -> bytes.putDouble(8 * index, value);
            case UINT8 -> bytes.put(index, (byte) value);
            case INT32 -> bytes.putInt(4 * index, (int) value);
            case INT64 -> bytes.putLong(8 * index, (long) value);
        }
    }

    /** Adds to one of them. */
    public void add(int index, double value) {
        set(index, get(index) + value);
    }

    /** The memory itself, in the machine's byte order. */
    public ByteBuffer bytes() {
        return bytes.duplicate().order(ByteOrder.nativeOrder());
    }

    /** The memory itself, of fp32 elements. */
    public FloatBuffer floats() {
        require(ElementFormat.FP32);
        return bytes.asFloatBuffer();
    }

    /** The memory itself, of bf16 elements. */
    public ShortBuffer shorts() {
        require(ElementFormat.BF16);
        return bytes.asShortBuffer();
    }

    /** The memory itself, of 64-bit whole numbers. */
    public LongBuffer longs() {
        require(ElementFormat.INT64);
        return bytes.asLongBuffer();
    }

    private void require(ElementFormat expected) {
        if (format != expected) {
            throw new IllegalStateException(
                    "expected elements of %s, found %s".formatted(expected.label(), format.label()));
        }
    }
}
