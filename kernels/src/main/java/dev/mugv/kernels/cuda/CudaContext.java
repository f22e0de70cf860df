package dev.mugv.kernels.cuda;

import dev.mugv.kernels.device.Device;
import dev.mugv.kernels.device.UnusableDeviceException;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/** A GPU's primary context, which it shares with the engine, and one stream in it. */
final class CudaContext implements AutoCloseable {
    /** Set by whoever wants the stand-in of the tests: nobody must take it for a GPU. */
    static final String EMULATION = "mugv.kernels.emulation";

    private final CUdevice handle = new CUdevice();
    private final CUcontext context = new CUcontext();
    private final CUstream stream = new CUstream();
    private final CudaProbe.Gpu gpu;
    private final int driver;
    private boolean isOpen = true;

    private CudaContext(Device device, CudaProbe.Gpu gpu, int driver) {
        this.gpu = gpu;
        this.driver = driver;
        CudaFailure.check(JCudaDriver.cuDeviceGet(handle, device.ordinal()), "open device '" + device + "'");
        CudaFailure.check(
                JCudaDriver.cuDevicePrimaryCtxRetain(context, handle), "create a context on device '" + device + "'");
        makeCurrent();
        // A blocking stream, so that what it does is ordered with the engine's default stream.
        CudaFailure.check(
                JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_DEFAULT),
                "create a stream on device '" + device + "'");
    }

    /**
     * Opens a GPU.
     *
     * @throws UnusableDeviceException if there is none of this ordinal
     */
    static CudaContext open(Device device) {
        CudaProbe.Finding finding = CudaProbe.look();
        if (finding instanceof CudaProbe.Finding.Absent absent) {
            throw new UnusableDeviceException(
                    device.label(),
                    "expected a GPU, found none: " + absent.fact(),
                    "Install NVIDIA's driver, ask Slurm for a GPU, or use the device 'cpu'.");
        }
        CudaProbe.Finding.Found found = (CudaProbe.Finding.Found) finding;
        if (device.ordinal() >= found.gpus().size()) {
            throw new UnusableDeviceException(
                    device.label(),
                    "expected a GPU of that number, found %d, numbered from 0"
                            .formatted(found.gpus().size()),
                    "Correct the number, or see CUDA_VISIBLE_DEVICES.");
        }
        CudaProbe.Gpu gpu = found.gpus().get(device.ordinal());
        if (gpu.isEmulated() && !Boolean.getBoolean(EMULATION)) {
            throw new UnusableDeviceException(
                    device.label(),
                    "expected a GPU, found the stand-in of the tests, '" + gpu.name() + "'",
                    "Take the folder of the stand-in out of LD_LIBRARY_PATH.");
        }
        return new CudaContext(device, gpu, found.driver());
    }

    CudaProbe.Gpu gpu() {
        return gpu;
    }

    /** Version of CUDA that the driver is for, for example 13000. */
    int driver() {
        return driver;
    }

    CUstream stream() {
        return stream;
    }

    /** Contexts belong to threads; the engine may have set another. */
    void makeCurrent() {
        if (!isOpen) {
            throw new IllegalStateException("the device is closed");
        }
        CudaFailure.check(JCudaDriver.cuCtxSetCurrent(context), "use the GPU's context");
    }

    void synchronize() {
        makeCurrent();
        CudaFailure.check(JCudaDriver.cuStreamSynchronize(stream), "finish the GPU's work");
    }

    @Override
    public void close() {
        if (isOpen) {
            makeCurrent();
            isOpen = false;
            JCudaDriver.cuStreamDestroy(stream);
            JCudaDriver.cuDevicePrimaryCtxRelease(handle);
        }
    }
}
