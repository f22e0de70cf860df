package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.tensor.ScriptResult;
import dev.mugv.model.tensor.ScriptValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One block of the transformer with seeded weights and inputs, run forward and back by the model's own script; {@code ops/bench}
 * compares it with others. Heads may have any width that is a multiple of 2, which models' have not.
 */
public final class BlockPasses implements AutoCloseable {
    private static final String PREFIX = "blocks.0.";

    private final Sizes sizes;
    private final NDManager scope;
    private final ParameterSet parameters;
    private final PieceWeights weights;
    private final ScriptModule script = ScriptArchive.ofResource(DiffusionTransformer.class, "transformer.py")
            .load();
    private final Map<String, NDArray> inputs = new LinkedHashMap<>();
    private final ScriptValue places;

    /** Of a block over one sample. */
    public record Sizes(int width, int heads, int tokens, int textTokens) {}

    /**
     * What one pass made.
     *
     * @param output of the block
     * @param input_RD gradient of its input, when that of its output is {@code gradient}
     */
    public record Results(float[] output, float[] input_RD) {}

    /** @param parent outlives this */
    public BlockPasses(NDManager parent, Sizes sizes, ComputePrecision precision) {
        this.sizes = sizes;
        scope = parent.newSubManager();
        parameters = ParameterSet.trainable(scope, shapes());
        for (ParameterShape shape : parameters.shapes()) {
            float[] values = gaussian(shape.name(), (int) shape.size());
            long fanIn = shape.shape().dimension() == 2 ? shape.shape().get(1) : 1;
            float scale = (float) (shape.name().endsWith("table") ? 0.5 : fanIn > 1 ? 1 / Math.sqrt(fanIn) : 0.1);
            float offset = shape.name().endsWith("norm.weight") ? 1 : 0;
            for (int i = 0; i < values.length; i++) {
                parameters.values(shape.name()).put(i, offset + scale * values[i]);
            }
        }
        PieceWeights own = PieceWeights.of(
                DitWeights.of(parameters),
                parameters.shapes().stream().map(ParameterShape::name).toList());
        weights = precision == ComputePrecision.BF16 ? own.rounded(script, scope) : own;
        int d = sizes.width;
        input("x_RD", new Shape(sizes.tokens, d));
        input("variants_JBVM", new Shape(2, 1, 2, 3L * d));
        input("text_SD", new Shape(sizes.textTokens, d));
        input("gradient_RD", new Shape(sizes.tokens, d));
        places = places();
    }

    private List<ParameterShape> shapes() {
        long d = sizes.width;
        long k = d / sizes.heads;
        List<ParameterShape> shapes = new ArrayList<>();
        shapes.add(shape("scale_shift_table", 6, d));
        linear(shapes, "attn.qkv", 3 * d, d);
        shapes.add(shape("attn.q_norm.weight", k));
        shapes.add(shape("attn.k_norm.weight", k));
        linear(shapes, "attn.proj", d, d);
        shapes.add(shape("cross_attn_norm.weight", d));
        shapes.add(shape("cross_attn_norm.bias", d));
        linear(shapes, "cross_attn.q_linear", d, d);
        linear(shapes, "cross_attn.kv_linear", 2 * d, d);
        shapes.add(shape("cross_attn.q_norm.weight", k));
        shapes.add(shape("cross_attn.k_norm.weight", k));
        linear(shapes, "cross_attn.proj", d, d);
        linear(shapes, "mlp.fc1", 4 * d, d);
        linear(shapes, "mlp.fc2", d, 4 * d);
        return shapes;
    }

    private static void linear(List<ParameterShape> shapes, String name, long out, long in) {
        shapes.add(shape(name + ".weight", out, in));
        shapes.add(shape(name + ".bias", out));
    }

    private static ParameterShape shape(String name, long... sizes) {
        return new ParameterShape(PREFIX + name, new Shape(sizes));
    }

    private void input(String name, Shape shape) {
        inputs.put(name, EngineMemory.array(scope, shape, gaussian(name, (int) shape.size())));
    }

    private ScriptValue places() {
        int t = sizes.tokens;
        int pairs = sizes.width / sizes.heads / 2;
        float[] choice = new float[2 * t];
        float[] rope = new float[2 * t * pairs];
        float[] back = new float[rope.length];
        for (int i = 0; i < t; i++) {
            choice[2 * i + variant(i)] = 1;
            for (int p = 0; p < pairs; p++) {
                int at = 2 * (i * pairs + p);
                rope[at] = (float) Math.cos(0.01 * i * (p + 1));
                rope[at + 1] = (float) Math.sin(0.01 * i * (p + 1));
                back[at] = rope[at];
                back[at + 1] = -rope[at + 1];
            }
        }
        Shape phases = new Shape(1, 1, t, pairs, 2);
        inputs.put("rope_B1TP2", EngineMemory.array(scope, phases, rope));
        return ScriptValue.of(List.of(
                EngineMemory.array(scope, new Shape(1, t, 2), choice),
                scope.ones(new Shape(1, t)),
                scope.ones(new Shape(1, sizes.textTokens)),
                inputs.get("rope_B1TP2"),
                EngineMemory.array(scope, phases, back),
                scope.create(new Shape(0), DataType.INT64),
                scope.create(new Shape(0), DataType.FLOAT32),
                EngineMemory.array(scope, new Shape(), 1e-6f)));
    }

    /** The variant that a token takes: the first eighth is clean. */
    public int variant(int token) {
        return token < sizes.tokens / 8 ? 1 : 0;
    }

    private static float[] gaussian(String purpose, int count) {
        float[] values = new float[count];
        CounterNoise.of(1, purpose).fillGaussian(values);
        return values;
    }

    /** The block's parameters; gradients are added to theirs. */
    public ParameterSet parameters() {
        return parameters;
    }

    /** An input by its name, as it stands. */
    public NDArray input(String name) {
        return inputs.get(name);
    }

    public Sizes sizes() {
        return sizes;
    }

    /** One pass forward and back. */
    public void run() {
        pass(false);
    }

    /** The same with its results. */
    public Results results() {
        return pass(true).get(0);
    }

    private List<Results> pass(boolean read) {
        try (NDManager local = scope.newSubManager()) {
            ScriptResult result = script.callUnrecorded("block")
                    .with(inputs.get("x_RD"))
                    .with(inputs.get("variants_JBVM"))
                    .with(places)
                    .with(inputs.get("text_SD"))
                    .with(sizes.heads)
                    .with(Keeping.ALL.code())
                    .with(weights.forward())
                    .with(weights.adapters())
                    .parts(local);
            NDArray gradient = inputs.get("gradient_RD").duplicate();
            gradient.attach(local);
            NDList sums = new NDList(
                    local.zeros(inputs.get("variants_JBVM").getShape()),
                    local.zeros(inputs.get("text_SD").getShape()));
            try (KeptValues kept = new KeptValues(result.values())) {
                var call = script.callUnrecorded("block_backward")
                        .with(gradient)
                        .with(sums.get(0))
                        .with(sums.get(1))
                        .with(inputs.get("variants_JBVM"))
                        .with(inputs.get("text_SD"))
                        .with(places);
                kept.values().forEach(call::with);
                call.with(weights.backward())
                        .with(weights.gradients())
                        .with(weights.adapters())
                        .with(weights.adapterGradients())
                        .run();
            }
            return read
                    ? List.of(new Results(result.arrays().get(0).toFloatArray(), gradient.toFloatArray()))
                    : List.of();
        }
    }

    @Override
    public void close() {
        places.close();
        weights.close();
        script.close();
        parameters.close();
        scope.close();
    }
}
