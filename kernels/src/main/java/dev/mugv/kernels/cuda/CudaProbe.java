package dev.mugv.kernels.cuda;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;

/**
 * Whether this process can use GPUs, and which. Looking throws nothing and cannot end the JVM: the driver's library is opened and
 * searched for every function that JCuda will call before JCuda itself is loaded, which would die of one that is missing.
 */
public final class CudaProbe {
    /** What the stand-in of the tests calls its device; see {@code src/test/native/libcuda.cpp}. */
    private static final String EMULATED = "emulated";

    private static final String LIBRARY = "libcuda.so.1";

    /** As JCuda's library names what this package calls. */
    static final List<String> FUNCTIONS = List.of(
            "cuInit",
            "cuDriverGetVersion",
            "cuDeviceGetCount",
            "cuDeviceGet",
            "cuDeviceGetName",
            "cuDeviceGetAttribute",
            "cuDevicePrimaryCtxRetain",
            "cuDevicePrimaryCtxRelease_v2",
            "cuCtxSetCurrent",
            "cuStreamCreate",
            "cuStreamDestroy_v2",
            "cuStreamSynchronize",
            "cuEventCreate",
            "cuEventDestroy_v2",
            "cuEventRecord",
            "cuEventSynchronize",
            "cuEventElapsedTime",
            "cuModuleLoadData",
            "cuModuleUnload",
            "cuModuleGetFunction",
            "cuFuncSetAttribute",
            "cuLaunchKernel",
            "cuMemGetInfo_v2",
            "cuMemAllocAsync",
            "cuMemFreeAsync",
            "cuMemcpyHtoDAsync_v2",
            "cuMemcpyDtoHAsync_v2",
            "cuMemsetD8Async");

    private CudaProbe() {}

    /** What was found. */
    public sealed interface Finding {
        /**
         * At least one GPU.
         *
         * @param driver version of CUDA that the driver is for, for example 13000
         * @param gpus that this process sees, in the driver's order
         */
        record Found(int driver, List<Gpu> gpus) implements Finding {
            public Found {
                gpus = List.copyOf(gpus);
            }
        }

        /**
         * None.
         *
         * @param fact why, for example that the driver's library is not there
         */
        record Absent(String fact) implements Finding {}
    }

    /**
     * One GPU.
     *
     * @param name as the driver gives it
     * @param capability compute capability as one number, for example 90
     */
    public record Gpu(String name, int capability) {
        /** Whether it is the stand-in of the tests: what is computed on it is no result of a GPU. */
        public boolean isEmulated() {
            return name.startsWith(EMULATED);
        }
    }

    /** Looks. */
    public static Finding look() {
        try {
            NativeLibrary library = NativeLibrary.getInstance(LIBRARY);
            List<String> missing = missing(library);
            if (!missing.isEmpty()) {
                return new Finding.Absent("%s has no %s: the driver is too old".formatted(LIBRARY, missing));
            }
            return devices();
        } catch (LinkageError e) {
            return new Finding.Absent("%s is not found: no NVIDIA driver is installed (%s)"
                    .formatted(
                            LIBRARY,
                            String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
        }
    }

    private static List<String> missing(NativeLibrary library) {
        List<String> missing = new ArrayList<>();
        for (String function : FUNCTIONS) {
            try {
                library.getFunction(function);
            } catch (UnsatisfiedLinkError e) {
                missing.add(function);
            }
        }
        return missing;
    }

    private static Finding devices() {
        int initialised = JCudaDriver.cuInit(0);
        if (initialised != 0) {
            return new Finding.Absent("the driver finds no usable GPU: " + CudaFailure.name(initialised));
        }
        int[] version = new int[1];
        int[] count = new int[1];
        JCudaDriver.cuDriverGetVersion(version);
        int counted = JCudaDriver.cuDeviceGetCount(count);
        if (counted != 0 || count[0] == 0) {
            return new Finding.Absent("the driver shows this process no GPU (CUDA_VISIBLE_DEVICES)");
        }
        List<Gpu> gpus = new ArrayList<>();
        for (int ordinal = 0; ordinal < count[0]; ordinal++) {
            gpus.add(gpu(ordinal));
        }
        return new Finding.Found(version[0], gpus);
    }

    private static Gpu gpu(int ordinal) {
        CUdevice device = new CUdevice();
        CudaFailure.check(JCudaDriver.cuDeviceGet(device, ordinal), "open GPU " + ordinal);
        byte[] name = new byte[256];
        CudaFailure.check(JCudaDriver.cuDeviceGetName(name, name.length, device), "name GPU " + ordinal);
        int[] major = new int[1];
        int[] minor = new int[1];
        CudaFailure.check(
                JCudaDriver.cuDeviceGetAttribute(
                        major, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device),
                "ask GPU " + ordinal);
        CudaFailure.check(
                JCudaDriver.cuDeviceGetAttribute(
                        minor, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device),
                "ask GPU " + ordinal);
        return new Gpu(Native.toString(name, StandardCharsets.US_ASCII.name()), 10 * major[0] + minor[0]);
    }
}
