package dev.mugv.kernels.cuda;

import dev.mugv.kernels.memory.Elements;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.JCudaDriver;

/** One launch of a kernel; arguments are given in the kernel's order and checked against what it takes. */
final class CudaLaunch {
    /** What a block may have of shared memory without being asked. */
    private static final int SHARED = 48 * 1024;

    private final String kernel;
    private final CudaContext context;
    private final KernelSignatures signatures;
    private final CUfunction function;
    private final List<Pointer> values = new ArrayList<>();
    private final List<String> types = new ArrayList<>();
    private int sharedBytes;

    CudaLaunch(String kernel, CudaContext context, KernelSignatures signatures, CUfunction function) {
        this.kernel = kernel;
        this.context = context;
        this.signatures = signatures;
        this.function = function;
    }

    CudaLaunch with(Elements elements) {
        return with(CudaArena.of(elements).address());
    }

    /** Null where there are none. */
    CudaLaunch with(Optional<Elements> elements) {
        return with(elements.map(each -> CudaArena.of(each).address()).orElse(0L));
    }

    CudaLaunch with(long value) {
        return with("u64", Pointer.to(new long[] {value}));
    }

    CudaLaunch with(int value) {
        return with("u32", Pointer.to(new int[] {value}));
    }

    CudaLaunch with(float value) {
        return with("f32", Pointer.to(new float[] {value}));
    }

    private CudaLaunch with(String type, Pointer value) {
        types.add(type);
        values.add(value);
        return this;
    }

    /** Asks for shared memory whose size the kernel does not know. */
    CudaLaunch shared(int bytes) {
        sharedBytes = bytes;
        return this;
    }

    /** Launches; returns at once. */
    void run(LaunchGrid grid) {
        signatures.require(kernel, types);
        context.makeCurrent();
        if (sharedBytes > SHARED) {
            CudaFailure.check(
                    JCudaDriver.cuFuncSetAttribute(
                            function,
                            CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                            sharedBytes),
                    "give the kernel '%s' %d bytes of shared memory".formatted(kernel, sharedBytes));
        }
        int code = JCudaDriver.cuLaunchKernel(
                function,
                grid.x(),
                grid.y(),
                grid.z(),
                grid.threads(),
                1,
                1,
                sharedBytes,
                context.stream(),
                Pointer.to(values.toArray(new Pointer[0])),
                null);
        CudaFailure.check(code, "launch the kernel '%s'".formatted(kernel));
    }
}
