package dev.mugv.model.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.ScriptInterpreter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;

/**
 * One call of a TorchScript method, with autograd as the thread's mode says ({@link Autograd}) or without.
 *
 * <p>Used once: {@code module.call("block").with(x).with(parameters).with(heads).one(scope)}. The result's arrays belong
 * to the scope given last.
 */
public final class ScriptCall {
    private final long module;
    private final String method;
    private final boolean recordable;
    private long[] arguments = new long[16];
    private int count;
    /** Places of arguments that are not this call's to release, one bit each. */
    private long borrowed;

    ScriptCall(long module, String method, boolean recordable) {
        this.module = module;
        this.method = method;
        this.recordable = recordable;
    }

    /** A {@code Tensor}. */
    public ScriptCall with(NDArray array) {
        return add(ScriptInterpreter.tensor(handle(array)));
    }

    /** A {@code List[Tensor]}. */
    public ScriptCall with(List<? extends NDArray> arrays) {
        return add(ScriptInterpreter.tensors(ScriptValue.handles(arrays)));
    }

    /** A {@code List[Tensor]} that stays the caller's. */
    public ScriptCall with(ScriptValue value) {
        borrowed |= 1L << count;
        return add(value.handle());
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
        return run(result -> {
            NDList arrays = new NDList();
            for (long handle : ScriptInterpreter.results(result)) {
                arrays.add(new PtNDArray(manager, handle));
            }
            return arrays;
        });
    }

    /** Runs a method that returns a tuple of tensors and lists of tensors. */
    public ScriptResult parts(NDManager scope) {
        PtNDManager manager = (PtNDManager) scope;
        return run(result -> {
            NDList arrays = new NDList();
            List<ScriptValue> values = new ArrayList<>();
            for (long item : ScriptInterpreter.items(result)) {
                if (ScriptInterpreter.isTensor(item)) {
                    arrays.add(new PtNDArray(manager, ScriptInterpreter.takeTensor(item)));
                } else {
                    values.add(new ScriptValue(item));
                }
            }
            return new ScriptResult(arrays, values);
        });
    }

    /** Runs a method for what it does to its arguments; its result is dropped. */
    public void run() {
        run(result -> result);
    }

    private <T> T run(LongFunction<T> reading) {
        long result = 0;
        try {
            long[] given = Arrays.copyOf(arguments, count);
            result = recordable
                    ? ScriptInterpreter.run(module, method, given)
                    : ScriptInterpreter.infer(module, method, given);
            return reading.apply(result);
        } finally {
            if (result != 0) {
                ScriptInterpreter.release(result);
            }
            for (int i = 0; i < count; i++) {
                if ((borrowed >> i & 1) == 0) {
                    ScriptInterpreter.release(arguments[i]);
                }
            }
            count = 0;
        }
    }

    private ScriptCall add(long value) {
        if (count == Long.SIZE) {
            throw new IllegalStateException("script method " + method + " has too many arguments");
        }
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
