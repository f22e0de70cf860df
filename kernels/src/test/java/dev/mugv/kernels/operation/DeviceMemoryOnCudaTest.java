package dev.mugv.kernels.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.kernels.cuda.CudaDevice;
import dev.mugv.kernels.cuda.CudaFailure;
import dev.mugv.kernels.cuda.CudaStopwatch;
import dev.mugv.kernels.memory.DeviceElements;
import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;
import dev.mugv.kernels.memory.HostElements;
import org.junit.jupiter.api.Test;

/** Arenas, addresses and faults. */
class DeviceMemoryOnCudaTest {
    private static final int ILLEGAL_ADDRESS = 700;

    @Test
    void whatIsCopiedComesBackAndSlicesAreTheSameMemory() {
        try (CudaDevice cuda = CudaUnderTest.open();
                ElementArena arena = cuda.newArena()) {
            Elements memory = arena.copyOf(HostElements.of(ElementFormat.FP32, 1, 2, 3, 4, 5));
            HostElements middle = HostElements.allocate(ElementFormat.FP32, 3);
            arena.read(memory.slice(1, 3), middle);
            assertThat(middle.get(0)).isEqualTo(2);
            assertThat(middle.get(2)).isEqualTo(4);
            // As a tensor of the engine would give it.
            Elements foreign =
                    DeviceElements.foreign(((DeviceElements) memory).address() + Float.BYTES, ElementFormat.FP32, 3);
            HostElements sum = HostElements.allocate(ElementFormat.FP64, 1);
            Elements out = arena.copyOf(sum);
            cuda.fixedOrderSum().sum(foreign, out);
            arena.read(out, sum);
            assertThat(sum.get(0)).isEqualTo(9);
        }
    }

    @Test
    void aClosedArenaGivesNothingMoreAndItsMemoryIsGone() {
        try (CudaDevice cuda = CudaUnderTest.open()) {
            ElementArena arena = cuda.newArena();
            Elements memory = arena.allocate(ElementFormat.FP32, 8);
            arena.close();
            arena.close();
            assertThatThrownBy(() -> ((DeviceElements) memory).address())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
            assertThatThrownBy(() -> arena.allocate(ElementFormat.FP32, 1)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void moreMemoryThanThereIsIsRefusedAndTheDeviceGoesOn() {
        try (CudaDevice cuda = CudaUnderTest.open();
                ElementArena arena = cuda.newArena()) {
            assertThatThrownBy(() -> arena.allocate(ElementFormat.FP32, 1L << 42))
                    .isInstanceOf(CudaFailure.class)
                    .hasMessageContaining("Cannot allocate")
                    .hasMessageContaining("CUDA_ERROR_OUT_OF_MEMORY");
            HostElements two = HostElements.of(ElementFormat.FP32, 2);
            arena.read(arena.copyOf(HostElements.of(ElementFormat.FP32, 1)), two);
            assertThat(two.get(0)).isEqualTo(1);
        }
    }

    @Test
    void elementsOfTheHostAreRefused() {
        try (CudaDevice cuda = CudaUnderTest.open();
                ElementArena arena = cuda.newArena()) {
            Elements out = arena.allocate(ElementFormat.FP64, 1);
            assertThatThrownBy(() -> cuda.fixedOrderSum().sum(HostElements.of(ElementFormat.FP32, 1), out))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void oneElementBeyondAnAllocationIsAnIllegalAddress() {
        try (CudaDevice cuda = CudaUnderTest.openEmulated()) {
            ElementArena arena = cuda.newArena();
            Elements four = arena.copyOf(HostElements.of(ElementFormat.FP32, 1, 2, 3, 4));
            Elements five = DeviceElements.foreign(((DeviceElements) four).address(), ElementFormat.FP32, 5);
            cuda.fixedOrderSum().sum(five, arena.allocate(ElementFormat.FP64, 1));
            fails(cuda, ILLEGAL_ADDRESS);
        }
    }

    @Test
    void memoryThatWasGivenBackIsAnIllegalAddress() {
        try (CudaDevice cuda = CudaUnderTest.openEmulated()) {
            ElementArena arena = cuda.newArena();
            ElementArena closed = cuda.newArena();
            Elements gone = closed.copyOf(HostElements.of(ElementFormat.FP32, 1, 2, 3, 4));
            Elements still = DeviceElements.foreign(((DeviceElements) gone).address(), ElementFormat.FP32, 4);
            closed.close();
            cuda.fixedOrderSum().sum(still, arena.allocate(ElementFormat.FP64, 1));
            fails(cuda, ILLEGAL_ADDRESS);
        }
    }

    private static void fails(CudaDevice cuda, int code) {
        assertThatThrownBy(cuda::synchronize)
                .isInstanceOfSatisfying(
                        CudaFailure.class, failure -> assertThat(failure.code()).isEqualTo(code));
        // As on a GPU, the context is of no use any more.
        assertThatThrownBy(cuda::synchronize).isInstanceOf(CudaFailure.class);
    }

    @Test
    void aStopwatchTimesWhatWasAskedFor() {
        try (CudaDevice cuda = CudaUnderTest.open();
                ElementArena arena = cuda.newArena();
                CudaStopwatch stopwatch = cuda.newStopwatch()) {
            Elements values = arena.copyOf(HostElements.allocate(ElementFormat.FP32, 100_000));
            Elements out = arena.allocate(ElementFormat.FP64, 1);
            stopwatch.start();
            cuda.fixedOrderSum().sum(values, out);
            assertThat(stopwatch.stop()).isPositive();
        }
    }
}
