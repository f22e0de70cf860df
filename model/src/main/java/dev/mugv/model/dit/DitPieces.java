package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.tensor.AxisSizes;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptCall;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.tensor.ScriptResult;
import java.util.ArrayList;
import java.util.List;

/**
 * The transformer's pieces with their parameters, each one TorchScript method forward and one backward: {@code embed}, {@code
 * block} (once a layer) and {@code head}. Never recorded.
 */
final class DitPieces implements AutoCloseable {
    private static final double LONGEST_PERIOD = 10_000;

    private final DitSize size;
    private final ScriptModule script;
    private final NDManager scope;
    private final NDArray frequency;
    private final RopeTables ropes;
    private final PieceWeights embed;
    private final List<PieceWeights> blocks = new ArrayList<>();
    private final PieceWeights head;

    /**
     * What {@code embed} makes of a batch.
     *
     * @param token_RD start token, patches, end token of every sample, one sample behind the other
     * @param scalars_BVD embedding of timestep and fps, for noisy and for clean tokens
     * @param variant_JBVM what t_block makes of it, attention's half first
     * @param text_SD projected captions
     */
    record Embedding(NDArray token_RD, NDArray scalars_BVD, NDArray variant_JBVM, NDArray text_SD) {}

    /**
     * A piece's result with what its way back needs.
     *
     * @param result the piece's own
     * @param values closed by who runs the piece back
     */
    record Kept<T>(T result, KeptValues values) {}

    DitPieces(DitSize size, ParameterSet parameters, ComputePrecision precision) {
        this.size = size;
        List<String> outside = new ArrayList<>();
        List<List<String>> layers = new ArrayList<>();
        for (int i = 0; i < size.layers(); i++) {
            layers.add(new ArrayList<>());
        }
        List<String> last = new ArrayList<>();
        DitParameters.shapes(size).forEach(shape -> {
            AxisSizes.requireShape(parameters.get(shape.name()), shape.shape(), "parameter " + shape.name());
            String[] parts = shape.name().split("\\.", 3);
            List<String> group = switch (parts[0]) {
                case "blocks" -> layers.get(Integer.parseInt(parts[1]));
                case "final_layer" -> last;
                default -> outside;
            };
            group.add(shape.name());
        });
        scope = parameters.get("start_token").getManager().newSubManager();
        frequency = EngineMemory.array(scope, new Shape(DitParameters.WAVES / 2), frequencies());
        ropes = new RopeTables(scope);
        script = ScriptArchive.ofResource(DiffusionTransformer.class, "transformer.py")
                .load();
        embed = PieceWeights.of(parameters, outside);
        for (List<String> names : layers) {
            PieceWeights block = PieceWeights.of(parameters, names);
            blocks.add(precision == ComputePrecision.BF16 ? block.rounded(script, scope) : block);
        }
        head = PieceWeights.of(parameters, last);
    }

    /** Takes over the parameters' present values where copies of them are computed with. */
    void parametersChanged() {
        blocks.forEach(block -> block.roundAgain(script));
    }

    private static float[] frequencies() {
        int count = DitParameters.WAVES / 2;
        float[] frequencies = new float[count];
        for (int i = 0; i < count; i++) {
            frequencies[i] = (float) Math.exp(-Math.log(LONGEST_PERIOD) * i / count);
        }
        return frequencies;
    }

    TokenLayout layout(DitInput input, NDManager into) {
        return TokenLayout.of(input, ropes.of(input), into);
    }

    int layers() {
        return size.layers();
    }

    Embedding embed(DitInput input, NDManager into) {
        Kept<Embedding> kept = embedKeeping(input, into);
        kept.values.close();
        return kept.result;
    }

    Kept<Embedding> embedKeeping(DitInput input, NDManager into) {
        int batch = input.batch();
        // Timesteps, the timestep 0 of clean tokens, frame rates.
        float[] scalars = new float[2 * batch + 1];
        for (int b = 0; b < batch; b++) {
            scalars[b] = (float) input.conditions().get(b).timestep();
            scalars[batch + 1 + b] = (float) input.conditions().get(b).fps();
        }
        ScriptResult result = script.callUnrecorded("embed")
                .with(input.latent_BCFHW())
                .with(EngineMemory.array(into, new Shape(scalars.length), scalars))
                .with(frequency)
                .with(input.text_SD())
                .with(embed.forward())
                .parts(into);
        NDList arrays = result.arrays();
        return new Kept<>(
                new Embedding(arrays.get(0), arrays.get(1), arrays.get(2), arrays.get(3)),
                new KeptValues(result.values()));
    }

    NDArray block(int layer, NDArray token_RD, Embedding embedding, TokenLayout layout, NDManager into) {
        Kept<NDArray> kept = block(blockCall(layer, token_RD, embedding, layout, false), into);
        kept.values.close();
        return kept.result;
    }

    Kept<NDArray> blockKeeping(int layer, NDArray token_RD, Embedding embedding, TokenLayout layout, NDManager into) {
        return block(blockCall(layer, token_RD, embedding, layout, true), into);
    }

    private static Kept<NDArray> block(ScriptCall call, NDManager into) {
        ScriptResult result = call.parts(into);
        return new Kept<>(result.arrays().get(0), new KeptValues(result.values()));
    }

    private ScriptCall blockCall(
            int layer, NDArray token_RD, Embedding embedding, TokenLayout layout, boolean training) {
        return script.callUnrecorded("block")
                .with(token_RD)
                .with(embedding.variant_JBVM)
                .with(layout.places())
                .with(embedding.text_SD)
                .with(size.heads())
                .with(training)
                .with(blocks.get(layer).forward());
    }

    NDArray head(NDArray token_RD, Embedding embedding, TokenLayout layout, DitInput input, NDManager into) {
        Kept<NDArray> kept = headKeeping(token_RD, embedding, layout, input, into);
        kept.values.close();
        return kept.result;
    }

    Kept<NDArray> headKeeping(
            NDArray token_RD, Embedding embedding, TokenLayout layout, DitInput input, NDManager into) {
        ScriptResult result = script.callUnrecorded("head")
                .with(token_RD)
                .with(embedding.scalars_BVD)
                .with(layout.places())
                .with(input.frames())
                .with(input.height())
                .with(input.width())
                .with(head.forward())
                .parts(into);
        return new Kept<>(result.arrays().get(0), new KeptValues(result.values()));
    }

    /** Gradients of tokens and scalars, out of the velocity's. */
    NDList headBackward(NDArray gradient_BCFHW, TokenLayout layout, KeptValues kept, NDManager into) {
        return script.callUnrecorded("head_backward")
                .with(gradient_BCFHW)
                .with(layout.places())
                .with(kept.values().get(0))
                .with(head.backward())
                .with(head.gradients())
                .all(into);
    }

    /**
     * A block's way back.
     *
     * @param gradients of what {@code embed} made, all summed up in place: the tokens' turn from the gradient of the block's output
     *     into that of its input
     */
    void blockBackward(int layer, Embedding gradients, Embedding embedding, TokenLayout layout, KeptValues kept) {
        ScriptCall call = script.callUnrecorded("block_backward")
                .with(gradients.token_RD)
                .with(gradients.variant_JBVM)
                .with(gradients.text_SD)
                .with(embedding.variant_JBVM)
                .with(layout.places());
        kept.values().forEach(call::with);
        call.with(blocks.get(layer).backward())
                .with(blocks.get(layer).gradients())
                .run();
    }

    /**
     * Ends the way back.
     *
     * @param gradients of what {@code embed} made
     * @param throughText whether the captions' own gradient is wanted
     * @return that gradient, or no values
     */
    NDArray embedBackward(
            Embedding gradients, TokenLayout layout, boolean throughText, KeptValues kept, NDManager into) {
        return script.callUnrecorded("embed_backward")
                .with(gradients.token_RD)
                .with(gradients.scalars_BVD)
                .with(gradients.variant_JBVM)
                .with(gradients.text_SD)
                .with(layout.places())
                .with(throughText)
                .with(kept.values().get(0))
                .with(embed.backward())
                .with(embed.gradients())
                .one(into);
    }

    @Override
    public void close() {
        embed.close();
        blocks.forEach(PieceWeights::close);
        head.close();
        ropes.close();
        script.close();
        scope.close();
    }
}
