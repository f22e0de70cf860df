package dev.mugv.kernels.cuda;

import dev.mugv.kernels.device.Device;
import dev.mugv.kernels.device.UnusableDeviceException;
import dev.mugv.kernels.runtime.KernelDevices;

/** Looks for GPUs and tries to open one, in a JVM of its own. */
public final class ProbeProgram {
    private ProbeProgram() {}

    public static void main(String[] arguments) {
        System.out.println(CudaProbe.look());
        try {
            System.out.println(KernelDevices.open(Device.parse(arguments[0]), 1).description());
        } catch (UnusableDeviceException e) {
            System.out.println(e.getMessage());
        }
    }
}
