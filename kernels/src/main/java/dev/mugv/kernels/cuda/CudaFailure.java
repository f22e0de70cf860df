package dev.mugv.kernels.cuda;

import jcuda.driver.CUresult;

/** A call of the driver that did not succeed. After one that concerns a kernel the device cannot be used any more. */
public final class CudaFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int OUT_OF_MEMORY = 2;

    private final int code;

    private CudaFailure(int code, String message) {
        super(message);
        this.code = code;
    }

    /** Throws unless a call succeeded. */
    static void check(int code, String action) {
        if (code != 0) {
            throw new CudaFailure(code, "Cannot %s: %s. %s".formatted(action, name(code), next(code)));
        }
    }

    /** The driver's own number of the error. */
    public int code() {
        return code;
    }

    /** Not the driver's own function for it: of a number that the driver does not know, JCuda would read a name that is not there. */
    static String name(int code) {
        return CUresult.stringFor(code);
    }

    private static String next(int code) {
        return code == OUT_OF_MEMORY
                ? "Use smaller batches or more ranks, or free the GPU."
                : "Start the work again; if it comes again, look at 'nvidia-smi' and the kernel's log for the GPU.";
    }
}
