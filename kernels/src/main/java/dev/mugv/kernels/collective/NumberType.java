package dev.mugv.kernels.collective;

/** What a communicator can move and sum. */
public enum NumberType {
    FP32(4),
    FP64(8),
    /** Summed in fp32, rounded once to the nearest even. */
    BF16(2),
    INT64(8);

    private final int bytes;

    NumberType(int bytes) {
        this.bytes = bytes;
    }

    /** Size of one element. */
    public int bytes() {
        return bytes;
    }
}
