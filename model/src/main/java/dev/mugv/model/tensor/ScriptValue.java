package dev.mugv.model.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.ScriptInterpreter;
import java.util.List;

/**
 * A list of tensors that scripts take and return without its tensors ever becoming Java objects: parameters given to every
 * call, or what a forward pass keeps for its way back. Frees its hold on the tensors on close.
 */
public final class ScriptValue implements AutoCloseable {
    private long handle;

    ScriptValue(long handle) {
        this.handle = handle;
    }

    /** These arrays as one list; they stay the caller's. */
    public static ScriptValue of(List<? extends NDArray> arrays) {
        return new ScriptValue(ScriptInterpreter.tensors(handles(arrays)));
    }

    static long[] handles(List<? extends NDArray> arrays) {
        long[] handles = new long[arrays.size()];
        for (int i = 0; i < handles.length; i++) {
            handles[i] = ((PtNDArray) arrays.get(i)).getHandle();
        }
        return handles;
    }

    long handle() {
        if (handle == 0) {
            throw new IllegalStateException("this value of a script is closed");
        }
        return handle;
    }

    @Override
    public void close() {
        if (handle != 0) {
            ScriptInterpreter.release(handle);
            handle = 0;
        }
    }
}
