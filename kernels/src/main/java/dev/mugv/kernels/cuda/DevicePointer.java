package dev.mugv.kernels.cuda;

import jcuda.driver.CUdeviceptr;

/** JCuda's pointer with its address in the open. */
final class DevicePointer extends CUdeviceptr {
    DevicePointer() {}

    private DevicePointer(CUdeviceptr origin, long offset) {
        super(origin, offset);
    }

    /** The pointer to an address. */
    static CUdeviceptr to(long address) {
        return new DevicePointer(new CUdeviceptr(), address);
    }

    long address() {
        return getNativePointer() + getByteOffset();
    }
}
