package dev.mugv.model.tensor;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.jni.JniUtils;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A compiled {@link ScriptArchive}. Safe for use by several threads; frees its native module on close. */
public final class ScriptModule implements AutoCloseable {
    private final String name;
    private long handle;

    ScriptModule(String name, long handle) {
        this.name = name;
        this.handle = handle;
    }

    /**
     * Loads a TorchScript archive that someone else made.
     *
     * @throws WorkFailure of kind INVALID_REQUEST when the file is none
     */
    public static ScriptModule ofFile(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new ScriptModule(file.toString(), JniUtils.loadModuleHandle(in, Device.cpu(), false, false));
        } catch (IOException | EngineException e) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot load TorchScript model '%s': %s. Save the model by torch.jit.save and name that file."
                            .formatted(file, e.toString().lines().findFirst().orElse("")),
                    e);
        }
    }

    /** Starts a call of one method; arguments follow in the method's order. */
    public ScriptCall call(String method) {
        return call(method, true);
    }

    /**
     * Starts a call that is never recorded, whatever the thread's mode: operations cost less. Its results can be read, given to
     * other calls and to the engine, but the engine refuses to record what is computed from them, and to change them in place.
     */
    public ScriptCall callUnrecorded(String method) {
        return call(method, false);
    }

    private ScriptCall call(String method, boolean recordable) {
        if (handle == 0) {
            throw new IllegalStateException("script " + name + " is closed");
        }
        return new ScriptCall(handle, method, recordable);
    }

    @Override
    public void close() {
        if (handle != 0) {
            JniUtils.deleteModule(handle);
            handle = 0;
        }
    }
}
