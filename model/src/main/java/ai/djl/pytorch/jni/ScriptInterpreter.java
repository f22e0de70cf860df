package ai.djl.pytorch.jni;

/**
 * Runs a method of a loaded TorchScript module with autograd left as the calling thread has set it.
 *
 * <p>DJL's public {@link IValueUtils#runMethod} always runs without autograd, and {@link IValue} costs a Java object an
 * argument; both are bypassed here. All handles are raw: a value made here must be given back by {@link #release}.
 */
public final class ScriptInterpreter {
    private ScriptInterpreter() {}

    /** A tensor as an argument. */
    public static long tensor(long handle) {
        return PyTorchLibrary.LIB.iValueFromTensor(handle);
    }

    /** Tensors as one {@code List[Tensor]} argument. */
    public static long tensors(long... handles) {
        return PyTorchLibrary.LIB.iValueFromTensorList(handles);
    }

    /** A number as an {@code int} argument. */
    public static long integer(long value) {
        return PyTorchLibrary.LIB.iValueFromLong(value);
    }

    /** Numbers as one {@code List[int]} argument. */
    public static long integers(long... values) {
        return PyTorchLibrary.LIB.iValueFromLongList(values);
    }

    /** A number as a {@code float} argument. */
    public static long number(double value) {
        return PyTorchLibrary.LIB.iValueFromDouble(value);
    }

    /** A {@code bool} argument. */
    public static long truth(boolean value) {
        return PyTorchLibrary.LIB.iValueFromBool(value);
    }

    /** Gives an argument or a result back. */
    public static void release(long value) {
        PyTorchLibrary.LIB.torchDeleteIValue(value);
    }

    /**
     * Runs a method.
     *
     * <p>The profiling graph executor is switched off (a setting of the calling thread): it would run the first calls of
     * every method by other kernels than later ones, so that a restarted run would differ in its last bits from one
     * that was never stopped.
     *
     * @return the result's handle
     */
    public static long run(long module, String method, long... arguments) {
        PyTorchLibrary.LIB.setGraphExecutorOptimize(false);
        return PyTorchLibrary.LIB.moduleRunMethod(module, method, arguments, true, false);
    }

    /** The same without autograd, in the engine's inference mode: an operation costs less, and results can never be recorded. */
    public static long infer(long module, String method, long... arguments) {
        PyTorchLibrary.LIB.setGraphExecutorOptimize(false);
        return PyTorchLibrary.LIB.moduleRunMethod(module, method, arguments, false, false);
    }

    /** The values of a result that is a tuple; each must be given back. */
    public static long[] items(long value) {
        return PyTorchLibrary.LIB.iValueToIValueTuple(value);
    }

    /** Whether a value is one tensor. */
    public static boolean isTensor(long value) {
        return PyTorchLibrary.LIB.iValueIsTensor(value);
    }

    /** The tensor handle of a value, which is given back. */
    public static long takeTensor(long value) {
        long tensor = PyTorchLibrary.LIB.iValueToTensor(value);
        PyTorchLibrary.LIB.torchDeleteIValue(value);
        return tensor;
    }

    /** Tensor handles of a result that is a tensor, a tuple of tensors or a list of tensors. */
    public static long[] results(long value) {
        PyTorchLibrary library = PyTorchLibrary.LIB;
        if (library.iValueIsTensor(value)) {
            return new long[] {library.iValueToTensor(value)};
        }
        if (library.iValueIsTensorList(value)) {
            return library.iValueToTensorList(value);
        }
        long[] items = library.iValueToIValueTuple(value);
        long[] tensors = new long[items.length];
        for (int i = 0; i < items.length; i++) {
            tensors[i] = takeTensor(items[i]);
        }
        return tensors;
    }
}
