package dev.mugv.kernels.runtime;

import dev.mugv.kernels.cuda.CudaDevice;
import dev.mugv.kernels.device.Device;
import dev.mugv.kernels.device.UnusableDeviceException;
import dev.mugv.kernels.operation.KernelDevice;
import dev.mugv.kernels.reference.ReferenceDevice;

/** The one place that knows which implementation a device has. */
public final class KernelDevices {
    private KernelDevices() {}

    /**
     * Opens a device. There is no falling back: who asked for a GPU gets one or is told why not.
     *
     * @param threads that the processor's optimizer and noising may take
     * @throws UnusableDeviceException if it cannot be used
     */
    public static KernelDevice open(Device device, int threads) {
        return switch (device.kind()) {
            case CPU -> new ReferenceDevice(threads);
            case CUDA -> CudaDevice.open(device);
        };
    }
}
