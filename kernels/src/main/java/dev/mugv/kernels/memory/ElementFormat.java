package dev.mugv.kernels.memory;

import java.util.Locale;

/** How a number is kept in memory; always in the machine's byte order. */
public enum ElementFormat {
    FP32(4),
    /** The upper half of an fp32 number. */
    BF16(2),
    /** Sums, and activations of the Java reference when derivatives are checked; no CUDA kernel computes activations in it. */
    FP64(8),
    UINT8(1),
    INT32(4),
    INT64(8);

    private final int bytes;

    ElementFormat(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** For example {@code bf16}; part of the kernels' names. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
