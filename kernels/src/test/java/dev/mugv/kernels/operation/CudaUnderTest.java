package dev.mugv.kernels.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.kernels.cuda.CudaDevice;
import dev.mugv.kernels.cuda.CudaImages;
import dev.mugv.kernels.cuda.CudaProbe;
import dev.mugv.kernels.device.Device;
import org.junit.jupiter.api.Assumptions;

/** The GPU of this machine, or the stand-in, which says that it is one. */
final class CudaUnderTest {
    private CudaUnderTest() {}

    /** Opens it; the calling test is skipped, with the reason, where there is neither. */
    static CudaDevice open() {
        Assumptions.assumeFalse(
                CudaImages.ofThisBuild().names().isEmpty(), "No nvcc when this was built: there are no CUDA kernels");
        Assumptions.assumeTrue(
                CudaProbe.look() instanceof CudaProbe.Finding.Found,
                "No CUDA driver, and no stand-in for it: run the phase 'test' of the build with g++ installed");
        CudaDevice device = CudaDevice.open(Device.cuda(0));
        assertThat(device.description().startsWith("emulated")).isEqualTo(device.isEmulated());
        return device;
    }

    /** The stand-in alone: a fault leaves a real GPU's context unusable for the tests that follow. */
    static CudaDevice openEmulated() {
        CudaDevice device = open();
        if (!device.isEmulated()) {
            device.close();
            Assumptions.abort("No stand-in here: a GPU is present, and faults are tried on the stand-in alone");
        }
        return device;
    }
}
