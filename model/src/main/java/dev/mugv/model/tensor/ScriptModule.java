package dev.mugv.model.tensor;

import ai.djl.pytorch.jni.JniUtils;

/** A compiled {@link ScriptArchive}. Safe for use by several threads; frees its native module on close. */
public final class ScriptModule implements AutoCloseable {
    private final String name;
    private long handle;

    ScriptModule(String name, long handle) {
        this.name = name;
        this.handle = handle;
    }

    /** Starts a call of one method; arguments follow in the method's order. */
    public ScriptCall call(String method) {
        if (handle == 0) {
            throw new IllegalStateException("script " + name + " is closed");
        }
        return new ScriptCall(handle, method);
    }

    @Override
    public void close() {
        if (handle != 0) {
            JniUtils.deleteModule(handle);
            handle = 0;
        }
    }
}
