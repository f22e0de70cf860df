package dev.mugv.kernels.memory;

import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * Elements in a device's memory, known by address. Such an address is what a CUDA tensor of the engine has, too: memory of an
 * arena can be handed to the engine, and a tensor's to an operation.
 */
public final class DeviceElements implements Elements {
    private final long address;
    private final ElementFormat format;
    private final long count;
    private final BooleanSupplier isOpen;

    private DeviceElements(long address, ElementFormat format, long count, BooleanSupplier isOpen) {
        if (address == 0 || count < 1) {
            throw new IllegalArgumentException(
                    "expected an address and at least one element, found address %d and %d elements"
                            .formatted(address, count));
        }
        this.address = address;
        this.format = format;
        this.count = count;
        this.isOpen = isOpen;
    }

    /**
     * Memory whose owner can tell whether it still has it.
     *
     * @param isOpen of the scope that owns it
     */
    public static DeviceElements owned(long address, ElementFormat format, long count, BooleanSupplier isOpen) {
        return new DeviceElements(address, format, count, isOpen);
    }

    /** Memory of somebody else, for example of a CUDA tensor, who keeps it for as long as it is used. */
    public static DeviceElements foreign(long address, ElementFormat format, long count) {
        return new DeviceElements(address, format, count, () -> true);
    }

    /**
     * Where they begin.
     *
     * @throws IllegalStateException if the scope that owned them is closed
     */
    public long address() {
        if (!isOpen.getAsBoolean()) {
            throw new IllegalStateException("the scope that owned these elements is closed");
        }
        return address;
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
    public DeviceElements slice(long first, long length) {
        Objects.checkFromIndexSize(first, length, count);
        return new DeviceElements(address + first * format.bytes(), format, length, isOpen);
    }
}
