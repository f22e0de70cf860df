package dev.mugv.kernels.cuda;

import dev.mugv.kernels.memory.DeviceElements;
import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;
import dev.mugv.kernels.memory.HostElements;
import dev.mugv.kernels.operation.ElementArena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;

/**
 * Memory out of the driver's pool, taken and given back in the order of the stream, so that both are cheap and nothing is given
 * back too early.
 */
final class CudaArena implements ElementArena {
    private final CudaContext context;
    private final List<CUdeviceptr> owned = new ArrayList<>();
    private boolean isOpen = true;

    CudaArena(CudaContext context) {
        this.context = context;
    }

    @Override
    public DeviceElements allocate(ElementFormat format, long count) {
        if (!isOpen) {
            throw new IllegalStateException("the arena is closed");
        }
        context.makeCurrent();
        long bytes = Math.multiplyExact(count, (long) format.bytes());
        DevicePointer pointer = new DevicePointer();
        CudaFailure.check(
                JCudaDriver.cuMemAllocAsync(pointer, bytes, context.stream()),
                "allocate %d bytes of the GPU's memory".formatted(bytes));
        owned.add(pointer);
        return DeviceElements.owned(pointer.address(), format, count, () -> isOpen);
    }

    /** Memory of which every byte is zero. */
    DeviceElements zeros(ElementFormat format, long count) {
        DeviceElements elements = allocate(format, count);
        CudaFailure.check(
                JCudaDriver.cuMemsetD8Async(
                        DevicePointer.to(elements.address()), (byte) 0, count * format.bytes(), context.stream()),
                "clear the GPU's memory");
        return elements;
    }

    @Override
    public Elements copyOf(HostElements content) {
        DeviceElements copy = allocate(content.format(), content.count());
        ByteBuffer bytes = content.bytes();
        CudaFailure.check(
                JCudaDriver.cuMemcpyHtoDAsync(
                        DevicePointer.to(copy.address()), Pointer.toBuffer(bytes), bytes.limit(), context.stream()),
                "copy %d bytes to the GPU".formatted(bytes.limit()));
        return copy;
    }

    @Override
    public void read(Elements from, HostElements to) {
        if (from.count() != to.count() || from.format() != to.format()) {
            throw new IllegalArgumentException("expected %d elements of %s, found %d of %s"
                    .formatted(
                            from.count(),
                            from.format().label(),
                            to.count(),
                            to.format().label()));
        }
        context.makeCurrent();
        ByteBuffer bytes = to.bytes();
        CudaFailure.check(
                JCudaDriver.cuMemcpyDtoHAsync(
                        Pointer.toBuffer(bytes), DevicePointer.to(of(from).address()), bytes.limit(), context.stream()),
                "copy %d bytes from the GPU".formatted(bytes.limit()));
        context.synchronize();
    }

    @Override
    public void close() {
        if (isOpen) {
            isOpen = false;
            context.makeCurrent();
            for (CUdeviceptr pointer : owned) {
                // An error that came before sticks and comes back here; whoever waits for the work is told of it.
                JCudaDriver.cuMemFreeAsync(pointer, context.stream());
            }
            owned.clear();
        }
    }

    /** What an operation of a GPU is given must be the GPU's. */
    static DeviceElements of(Elements elements) {
        if (elements instanceof DeviceElements device) {
            return device;
        }
        throw new IllegalArgumentException("CUDA kernels compute in the GPU's memory, found elements of the host");
    }
}
