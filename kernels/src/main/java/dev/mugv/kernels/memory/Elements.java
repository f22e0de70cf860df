package dev.mugv.kernels.memory;

/** A run of numbers of one format, one behind the other, in memory that somebody else owns. */
public sealed interface Elements permits HostElements, DeviceElements {
    ElementFormat format();

    /** How many there are. */
    long count();

    /**
     * Some of them, in the same memory.
     *
     * @throws IndexOutOfBoundsException if not all of them are there
     */
    Elements slice(long first, long count);
}
