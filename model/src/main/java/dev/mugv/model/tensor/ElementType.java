package dev.mugv.model.tensor;

import java.nio.ByteBuffer;

/** Element types that are read and written, by the names that safetensors files give them. */
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

    /** Element i of little-endian data as a float; F64 is rounded. */
    public float real(ByteBuffer data, int i) {
        return switch (this) {
            case F64 -> (float) data.getDouble(i * Double.BYTES);
            case F32 -> data.getFloat(i * Float.BYTES);
            case F16 -> half(data.getShort(i * Short.BYTES));
            case BF16 -> Float.intBitsToFloat(data.getShort(i * Short.BYTES) << 16);
            case I64, I32, U8, BOOL -> integer(data, i);
        };
    }

    /** Element i of little-endian data as a long. */
    public long integer(ByteBuffer data, int i) {
        return switch (this) {
            case I64 -> data.getLong(i * Long.BYTES);
            case I32 -> data.getInt(i * Integer.BYTES);
            case U8, BOOL -> data.get(i) & 0xff;
            case F64, F32, F16, BF16 -> throw new IllegalStateException(name() + " is not an integer type");
        };
    }

    /**
     * Appends a float, rounded to the nearest of this type, ties to even. A finite number beyond the type's range becomes
     * infinite.
     */
    public void putReal(ByteBuffer target, float value) {
        switch (this) {
            case F64 -> target.putDouble(value);
            case F32 -> target.putFloat(value);
            case F16 -> target.putShort(toHalf(value));
            case BF16 -> target.putShort(toBrainFloat(value));
            case I64, I32, U8, BOOL -> throw new IllegalStateException(name() + " is not a real type");
        }
    }

    /** Index of the first of some elements that is NaN or infinite, by its bits; their number if all are finite. */
    int firstNonFinite(ByteBuffer data, int elements) {
        int i = 0;
        while (i < elements && isFinite(data, i)) {
            i++;
        }
        return i;
    }

    private boolean isFinite(ByteBuffer data, int i) {
        return switch (this) {
            case F64 -> Double.isFinite(data.getDouble(i * Double.BYTES));
            case F32 -> Float.isFinite(data.getFloat(i * Float.BYTES));
            case F16 -> (data.getShort(i * Short.BYTES) & 0x7c00) != 0x7c00;
            case BF16 -> (data.getShort(i * Short.BYTES) & 0x7f80) != 0x7f80;
            case I64, I32, U8, BOOL -> true;
        };
    }

    private static short toBrainFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x40);
        }
        int odd = (bits >>> 16) & 1;
        return (short) ((bits + 0x7fff + odd) >>> 16);
    }

    // JDK 17 has no Float.floatToFloat16.
    private static short toHalf(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude > 0x7f800000) {
            return (short) (sign | 0x7e00);
        }
        if (magnitude >= 0x477ff000) { // 65520, half way to what would be the next: infinite
            return (short) (sign | 0x7c00);
        }
        if (magnitude < 0x38800000) { // below 2^-14: a multiple of 2^-24, rounded by the addition
            float steps = Math.abs(value) * 0x1p24f;
            return (short) (sign | (int) Math.rint(steps));
        }
        int odd = (magnitude >>> 13) & 1;
        return (short) (sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13));
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
