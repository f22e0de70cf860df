package dev.mugv.kernels.cuda;

import dev.mugv.kernels.device.Device;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/** The kernels, loaded into a context. */
final class CudaModule implements AutoCloseable {
    private final CudaContext context;
    private final String image;
    private final CUmodule module = new CUmodule();
    private final KernelSignatures signatures;
    private final Map<String, CUfunction> functions = new HashMap<>();

    CudaModule(CudaContext context, CudaImages images, Device device) {
        this.context = context;
        this.image = images.nameFor(context.gpu().capability(), device);
        this.signatures = KernelSignatures.of(images.signatures());
        byte[] content = images.read(image);
        // PTX is a text that ends with a zero.
        byte[] ended = Arrays.copyOf(content, content.length + 1);
        CudaFailure.check(
                JCudaDriver.cuModuleLoadData(module, ended),
                "load the kernels 'kernels.%s' of nvcc %s with a driver for CUDA %d.%d"
                        .formatted(image, images.compiler(), context.driver() / 1000, context.driver() % 1000 / 10));
    }

    /** For example {@code sm_90.cubin}. */
    String image() {
        return image;
    }

    /** A launch of a kernel, to be described and run. */
    CudaLaunch launch(String kernel) {
        return new CudaLaunch(kernel, context, signatures, functions.computeIfAbsent(kernel, this::function));
    }

    private CUfunction function(String kernel) {
        context.makeCurrent();
        CUfunction function = new CUfunction();
        CudaFailure.check(
                JCudaDriver.cuModuleGetFunction(function, module, kernel),
                "find the kernel '%s' in 'kernels.%s'".formatted(kernel, image));
        return function;
    }

    @Override
    public void close() {
        context.makeCurrent();
        JCudaDriver.cuModuleUnload(module);
    }
}
