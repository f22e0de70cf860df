package dev.mugv.model.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.ScriptInterpreter;
import java.util.Arrays;
import java.util.List;

/**
 * One call of a TorchScript method, with autograd as the thread's mode says ({@link Autograd}).
 *
 * <p>Used once: {@code module.call("block").with(x).with(parameters).with(heads).one(scope)}. The result's arrays belong
 * to the scope given last.
 */
public final class ScriptCall {
    private final long module;
    private final String method;
    private long[] arguments = new long[8];
    private int count;

    ScriptCall(long module, String method) {
        this.module = module;
        this.method = method;
    }

    /** A {@code Tensor}. */
    public ScriptCall with(NDArray array) {
        return add(ScriptInterpreter.tensor(handle(array)));
    }

    /** A {@code List[Tensor]}. */
    public ScriptCall with(List<? extends NDArray> arrays) {
        long[] handles = new long[arrays.size()];
        for (int i = 0; i < handles.length; i++) {
            handles[i] = handle(arrays.get(i));
        }
        return add(ScriptInterpreter.tensors(handles));
    }

    /** An {@code int}. */
    public ScriptCall with(long number) {
        return add(ScriptInterpreter.integer(number));
    }

    /** A {@code float}. */
    public ScriptCall with(double number) {
        return add(ScriptInterpreter.number(number));
    }

    /** A {@code bool}. */
    public ScriptCall with(boolean truth) {
        return add(ScriptInterpreter.truth(truth));
    }

    /** A {@code List[int]}. */
    public ScriptCall withIntegers(long... numbers) {
        return add(ScriptInterpreter.integers(numbers));
    }

    /** Runs a method that returns one tensor. */
    public NDArray one(NDManager scope) {
        NDList results = all(scope);
        if (results.size() != 1) {
            throw new IllegalStateException("script method " + method + " returned " + results.size() + " tensors");
        }
        return results.get(0);
    }

    /** Runs a method that returns a tensor, a tuple or a list of tensors. */
    public NDList all(NDManager scope) {
        PtNDManager manager = (PtNDManager) scope;
        long result = 0;
        try {
            result = ScriptInterpreter.run(module, method, Arrays.copyOf(arguments, count));
            NDList arrays = new NDList();
            for (long handle : ScriptInterpreter.results(result)) {
                arrays.add(new PtNDArray(manager, handle));
            }
            return arrays;
        } finally {
            if (result != 0) {
                ScriptInterpreter.release(result);
            }
            for (int i = 0; i < count; i++) {
                ScriptInterpreter.release(arguments[i]);
            }
            count = 0;
        }
    }

    private ScriptCall add(long value) {
        if (count == arguments.length) {
            arguments = Arrays.copyOf(arguments, 2 * count);
        }
        arguments[count++] = value;
        return this;
    }

    private static long handle(NDArray array) {
        return ((PtNDArray) array).getHandle();
    }
}
