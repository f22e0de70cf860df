package dev.mugv.model.tensor;

import java.nio.ByteBuffer;

/** Element types of a safetensors file that are read, by their names there. */
public enum ElementType {
    F64(8, true),
    F32(4, true),
    F16(2, true),
    BF16(2, true),
    I64(8, false),
    I32(4, false),
    U8(1, false),
    BOOL(1, false);

    private final int bytes;
    private final boolean real;

    ElementType(int bytes, boolean real) {
        this.bytes = bytes;
        this.real = real;
    }

    /** Size of one element. */
    public int bytes() {
        return bytes;
    }

    /** Whether values are read as floats (else as longs). */
    public boolean isReal() {
        return real;
    }

    /** Element i as a float; F64 is rounded. */
    float real(ByteBuffer data, int i) {
        return switch (this) {
            case F64 -> (float) data.getDouble(i * Double.BYTES);
            case F32 -> data.getFloat(i * Float.BYTES);
            case F16 -> half(data.getShort(i * Short.BYTES));
            case BF16 -> Float.intBitsToFloat(data.getShort(i * Short.BYTES) << 16);
            case I64, I32, U8, BOOL -> integer(data, i);
        };
    }

    /** Element i as a long. */
    long integer(ByteBuffer data, int i) {
        return switch (this) {
            case I64 -> data.getLong(i * Long.BYTES);
            case I32 -> data.getInt(i * Integer.BYTES);
            case U8, BOOL -> data.get(i) & 0xff;
            case F64, F32, F16, BF16 -> throw new IllegalStateException(name() + " is not an integer type");
        };
    }

    // JDK 17 has no Float.float16ToFloat.
    private static float half(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >> 10) & 0x1f;
        int fraction = bits & 0x3ff;
        if (exponent == 0x1f) {
            return Float.intBitsToFloat(sign | 0x7f800000 | (fraction << 13));
        }
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        return Float.intBitsToFloat(sign | ((exponent + 112) << 23) | (fraction << 13));
    }
}
