package dev.mugv.model.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.WeightPrecision;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.CompactWeights;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.tensor.TorchRuntime;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The encoder of T5-v1.1 (mugv.md, section 3.2) from token ids to states. One text at a time, never padded, so no token ever
 * sees padding.
 *
 * <p>Weights may be held in 16 bits; products are computed in fp32. Rounding the weights alone costs 0.2 % of a block's output,
 * computing in bf16 as well 0.3 %, and without matrix units for bf16 the latter is slower too ({@code ops/bench/README.md}).
 */
public final class T5Net implements AutoCloseable {
    private final NDManager scope;
    private final T5Size size;
    private final Function<String, NDArray> weights;
    private final ScriptModule script =
            ScriptArchive.ofResource(T5Net.class, "t5.py").load();

    /** A net that owns the scope, in which its weights live. */
    private T5Net(NDManager scope, T5Size size, Function<String, NDArray> weights) {
        this.scope = scope;
        this.size = size;
        this.weights = weights;
    }

    /**
     * A net whose values come from a function.
     *
     * @param values fills the parameters, which have Hugging Face's names
     */
    public static T5Net ofValues(TorchRuntime runtime, T5Size size, Consumer<ParameterSet> values) {
        NDManager scope = runtime.newScope();
        try {
            ParameterSet parameters = ParameterSet.frozen(scope, size.shapes());
            values.accept(parameters);
            return new T5Net(scope, size, parameters::get);
        } catch (RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    /** The net of a folder. */
    static T5Net ofFolder(TorchRuntime runtime, T5Folder folder, WeightPrecision precision) {
        if (precision == WeightPrecision.FP32) {
            return ofValues(
                    runtime,
                    folder.size(),
                    parameters -> folder.forEachWeight((file, key, name) -> file.read(key, parameters.values(name))));
        }
        NDManager scope = runtime.newScope();
        try {
            CompactWeights compact = CompactWeights.of(scope, intake -> folder.forEachWeight(intake::take));
            return new T5Net(scope, folder.size(), compact::get);
        } catch (RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    T5Size size() {
        return size;
    }

    /** Last hidden state of these tokens, {@code [tokens, width]} row by row. */
    public float[] states(long[] ids) {
        return Autograd.unrecorded(() -> {
            try (NDManager local = scope.newSubManager()) {
                NDArray hidden_SD = hidden(ids, size.layers(), local);
                return script.call("unit")
                        .with(hidden_SD)
                        .with(weights.apply(T5Size.FINAL_NORM))
                        .one(local)
                        .toFloatArray();
            }
        });
    }

    /** State behind the first blocks, {@code [tokens, width]}. */
    public NDArray hidden(long[] ids, int layers, NDManager local) {
        NDArray x_SD = script.call("embed")
                .with(EngineMemory.array(local, new Shape(ids.length), ids))
                .with(weights.apply(T5Size.EMBEDDING))
                .one(local);
        NDArray bias_1NSS = script.call("bias")
                .with(buckets(ids.length, local))
                .with(weights.apply(T5Size.BIAS))
                .one(local);
        for (int i = 0; i < layers; i++) {
            NDList block = new NDList();
            T5Size.blockNames(i).forEach(name -> block.add(weights.apply(name)));
            NDArray before = x_SD;
            x_SD = script.call("block")
                    .with(before)
                    .with(bias_1NSS)
                    .with(size.heads())
                    .with(block)
                    .one(local);
            before.close();
        }
        return x_SD;
    }

    private NDArray buckets(int tokens, NDManager local) {
        long[] bucket_SS = IntStream.range(0, tokens * tokens)
                .mapToLong(i -> size.bucket(i % tokens - i / tokens))
                .toArray();
        return EngineMemory.array(local, new Shape(tokens, tokens), bucket_SS);
    }

    @Override
    public void close() {
        script.close();
        scope.close();
    }
}
