package dev.mugv.model.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Frozen weights of two bytes each. What a file holds in bf16 or fp16 is used where it lies, in pages of the file that are
 * mapped, not copied: they come into memory when they are first read, and the system may drop them again. What a file holds
 * in fp32 is rounded to bf16 into the engine's memory.
 *
 * <p>DJL has no name for bf16 and ends the JVM when asked for it, so the arrays made here come out of a script and have no
 * type as far as DJL knows. Only scripts may read them; {@code torch.to(x, 6)} there widens one to fp32.
 */
public final class CompactWeights {
    /** PyTorch's numbers of its types. */
    private static final long HALF = 5;

    private static final long BRAIN = 15;

    private final NDManager scope;
    private final ScriptModule script;
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();

    private CompactWeights(NDManager scope, ScriptModule script) {
        this.scope = scope;
        this.script = script;
    }

    /** Takes tensors of files. */
    @FunctionalInterface
    public interface Intake {
        /**
         * Takes one in.
         *
         * @param file may be closed afterwards
         * @param key its name there
         * @param name what {@link #get} shall know it by
         */
        void take(TensorSource file, String key, String name);
    }

    /**
     * Weights that live as long as the scope.
     *
     * @param content hands every tensor to the intake
     */
    public static CompactWeights of(NDManager scope, Consumer<Intake> content) {
        try (ScriptModule script =
                ScriptArchive.ofResource(CompactWeights.class, "compact.py").load()) {
            CompactWeights weights = new CompactWeights(scope, script);
            content.accept(weights::add);
            return weights;
        }
    }

    public boolean contains(String name) {
        return arrays.containsKey(name);
    }

    /** A weight as a script's argument. */
    public NDArray get(String name) {
        NDArray array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException("no weight is called " + name);
        }
        return array;
    }

    private void add(TensorSource file, String key, String name) {
        if (arrays.put(name, compact(file, key)) != null) {
            throw new IllegalArgumentException("two weights are called " + name);
        }
    }

    private NDArray compact(TensorSource file, String key) {
        return switch (file.type(key)) {
            case BF16 -> viewed(file, key, BRAIN);
            case F16 -> viewed(file, key, HALF);
            case F32, F64, I64, I32, U8, BOOL -> rounded(file, key);
        };
    }

    /** The file's bytes as an array of bytes, which a script then calls by their real type. */
    private NDArray viewed(TensorSource file, String key, long type) {
        ByteBuffer mapped = file.mapped(key).orElseGet(() -> copied(file, key));
        // Stays in the scope: the view shares its bytes, and only the array of bytes holds on to their mapping.
        NDArray bytes = ((PtNDManager) scope).create(mapped, new Shape(mapped.remaining()), DataType.UINT8);
        return script.call("called")
                .with(bytes)
                .with(type)
                .withIntegers(file.shape(key).getShape())
                .one(scope);
    }

    private static ByteBuffer copied(TensorSource file, String key) {
        long bytes = file.shape(key).size() * file.type(key).bytes();
        ByteBuffer copy = ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
        file.copy(key, 0, copy);
        return copy.flip();
    }

    private NDArray rounded(TensorSource file, String key) {
        try (NDManager local = scope.newSubManager()) {
            return script.call("rounded")
                    .with(file.array(local, key))
                    .with(BRAIN)
                    .one(scope);
        }
    }
}
