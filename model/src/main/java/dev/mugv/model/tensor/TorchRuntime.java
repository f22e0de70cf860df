package dev.mugv.model.tensor;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.Utils;
import dev.mugv.kernels.device.Device;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;

/**
 * The PyTorch engine of this JVM, started without any network and with an explicit number of threads.
 *
 * <p>The engine is one per JVM whoever starts it; a second start returns the same engine with the new thread count.
 * Results in the last bits depend on the thread count, so it is part of what identifies a run.
 */
public final class TorchRuntime {
    private static final String ENGINE = "PyTorch";
    private final Engine engine;
    private final int threads;
    private final Path cache;

    private TorchRuntime(Engine engine, int threads, Path cache) {
        this.engine = engine;
        this.threads = threads;
        this.cache = cache;
    }

    /** Starts the engine with its natives unpacked under DJL's default cache ({@code DJL_CACHE_DIR} or {@code ~/.djl.ai}). */
    public static TorchRuntime start(int threads) {
        return start(threads, Utils.getCacheDir());
    }

    /**
     * Starts the engine.
     *
     * @param threads threads inside one operation, at least 1
     * @param cache folder that the natives (450 MB) are unpacked into once; an environment variable {@code
     *     DJL_CACHE_DIR} or {@code ENGINE_CACHE_DIR} wins over it
     * @throws WorkFailure of kind INVALID_REQUEST when no natives for this machine are on the class path, TRANSIENT when
     *     the cache cannot be written
     */
    public static synchronized TorchRuntime start(int threads, Path cache) {
        if (threads < 1) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot start the tensor engine: expected at least 1 thread, found " + threads
                            + ". Set the worker's thread count.");
        }
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("DJL_CACHE_DIR", cache.toString());
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        // Nothing of ours forks inside a graph; a pool as large as the machine would only be idle threads in every
        // worker.
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
        // The tokenizer's library too: on a machine with a GPU it would look for another build, which is a download.
        System.setProperty("RUST_FLAVOR", "cpu");
        Engine engine = load(cache);
        // Both are the calling thread's own: ranks that are threads start the engine each.
        JniUtils.setNumThreads(threads);
        JniUtils.setGraphExecutorOptimize(false);
        return new TorchRuntime(engine, threads, cache);
    }

    /**
     * Runs what unpacks native libraries into the cache, one at a time among all processes that share it. DJL itself takes
     * no lock: hundreds of array tasks that start at once on an empty cache would load each other's half-written libraries.
     */
    public <T> T unpacking(Supplier<T> work) {
        return unpacking(cache, work);
    }

    private static synchronized <T> T unpacking(Path cache, Supplier<T> work) {
        try {
            Files.createDirectories(cache);
            try (FileChannel channel = FileChannel.open(
                            cache.resolve(".mugv-unpack.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                assert lock.isValid();
                return work.get();
            }
        } catch (IOException e) {
            throw new WorkFailure(
                    FailureKind.TRANSIENT,
                    "Cannot unpack native libraries into '%s': %s. Point DJL_CACHE_DIR to a writable folder."
                            .formatted(cache, e),
                    e);
        }
    }

    private static Engine load(Path cache) {
        try {
            return unpacking(cache, () -> Engine.getEngine(ENGINE));
        } catch (EngineException | IllegalArgumentException | IllegalStateException | LinkageError e) {
            Throwable cause = e;
            while (cause.getCause() != null && cause.getCause() != cause) {
                cause = cause.getCause();
            }
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    ("Cannot start the tensor engine: its native libraries for %s/%s do not load (%s). Install the worker"
                                    + " package for this platform, or name a folder with libtorch in PYTORCH_LIBRARY_PATH.")
                            .formatted(System.getProperty("os.name"), System.getProperty("os.arch"), cause),
                    e);
        }
    }

    /** A root scope in the host's memory: closing it frees every array made in it. */
    public NDManager newScope() {
        // Without a device the engine would take a GPU where it sees one.
        return engine.newBaseManager(ai.djl.Device.cpu());
    }

    /**
     * The same on a device.
     *
     * @throws WorkFailure of kind INVALID_REQUEST when this libtorch cannot compute there; there is no falling back
     */
    public NDManager newScope(Device device) {
        if (device.kind() == Device.Kind.CPU) {
            return newScope();
        }
        if (!engine.hasCapability(StandardCapabilities.CUDA)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot compute on %s: libtorch %s of this worker sees no GPU. Give workers a libtorch for CUDA and a GPU (ops/runbook/cuda-libtorch.md; 'mugv doctor' says what is there), or the device 'cpu'."
                            .formatted(device.label(), engine.getVersion()));
        }
        return engine.newBaseManager(ai.djl.Device.gpu(device.ordinal()));
    }

    public int threads() {
        return threads;
    }

    /** For a run's provenance, for example {@code PyTorch 2.7.1, 2 threads}. */
    public String description() {
        return "%s %s, %d threads".formatted(ENGINE, engine.getVersion(), threads);
    }
}
