package dev.mugv.kernels.collective;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/**
 * A run of elements of one type in direct memory, of which a communicator reads or into which it writes. Views share memory; whoever
 * made the buffer keeps it alive until the operation has ended.
 */
public final class Elements {
    private final Buffer buffer;
    private final NumberType type;

    private Elements(Buffer buffer, ByteOrder order, NumberType type) {
        if (!buffer.isDirect() || order != ByteOrder.nativeOrder()) {
            throw new IllegalArgumentException("expected a direct buffer in native byte order, found a %s one in %s"
                    .formatted(buffer.isDirect() ? "direct" : "heap", order));
        }
        this.buffer = buffer;
        this.type = type;
    }

    /** Zeros. */
    public static Elements allocate(NumberType type, int count) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.multiplyExact(count, type.bytes()))
                .order(ByteOrder.nativeOrder());
        return of(bytes, type);
    }

    /** What lies between position and limit, read in native byte order. */
    public static Elements of(ByteBuffer bytes, NumberType type) {
        if (bytes.remaining() % type.bytes() != 0) {
            throw new IllegalArgumentException(
                    "expected whole elements of %s, found %d bytes".formatted(type, bytes.remaining()));
        }
        ByteBuffer view = bytes.slice().order(ByteOrder.nativeOrder());
        Buffer typed = switch (type) {
            case FP32 -> view.asFloatBuffer();
            case FP64 -> view.asDoubleBuffer();
            case BF16 -> view.asShortBuffer();
            case INT64 -> view.asLongBuffer();
        };
        return new Elements(typed, ByteOrder.nativeOrder(), type);
    }

    /** All between position and limit. */
    public static Elements of(FloatBuffer floats) {
        return new Elements(floats.slice(), floats.order(), NumberType.FP32);
    }

    /** All between position and limit. */
    public static Elements of(DoubleBuffer doubles) {
        return new Elements(doubles.slice(), doubles.order(), NumberType.FP64);
    }

    /** All between position and limit. */
    public static Elements of(LongBuffer longs) {
        return new Elements(longs.slice(), longs.order(), NumberType.INT64);
    }

    public NumberType type() {
        return type;
    }

    public int count() {
        return buffer.limit();
    }

    /** The memory itself, for native calls: its address is that of the first element. */
    public Buffer buffer() {
        return buffer;
    }

    /** A view of {@code count} elements from {@code start} on. */
    public Elements slice(int start, int count) {
        ByteOrder order = ByteOrder.nativeOrder();
        return switch (type) {
            case FP32 -> new Elements(floats().slice(start, count), order, type);
            case FP64 -> new Elements(doubles().slice(start, count), order, type);
            case BF16 -> new Elements(shorts().slice(start, count), order, type);
            case INT64 -> new Elements(longs().slice(start, count), order, type);
        };
    }

    /** The elements of {@link NumberType#FP32}. */
    public FloatBuffer floats() {
        return (FloatBuffer) buffer;
    }

    /** The elements of {@link NumberType#FP64}. */
    public DoubleBuffer doubles() {
        return (DoubleBuffer) buffer;
    }

    /** The elements of {@link NumberType#INT64}. */
    public LongBuffer longs() {
        return (LongBuffer) buffer;
    }

    /** The bits of elements of {@link NumberType#BF16}. */
    public ShortBuffer shorts() {
        return (ShortBuffer) buffer;
    }

    /** Copies all elements of another run of the same type and count. */
    public void copyFrom(Elements other) {
        requireLike(other, count());
        switch (type) {
            case FP32 -> floats().put(0, other.floats(), 0, count());
            case FP64 -> doubles().put(0, other.doubles(), 0, count());
            case BF16 -> shorts().put(0, other.shorts(), 0, count());
            case INT64 -> longs().put(0, other.longs(), 0, count());
        }
    }

    void requireLike(Elements other, int count) {
        if (other.type != type || other.count() != count) {
            throw new IllegalArgumentException("expected %d elements of %s, found %s".formatted(count, type, other));
        }
    }

    @Override
    public String toString() {
        return count() + " elements of " + type;
    }
}
