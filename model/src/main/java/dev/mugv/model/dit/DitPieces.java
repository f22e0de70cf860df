package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.Recomputation;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.AxisSizes;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptCall;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.tensor.ScriptResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The pieces of a rank's share of the transformer with their parameters, each one a TorchScript method forward and one backward:
 * {@code embed} (in a later stage, {@code condition}), the blocks and {@code head}. Never recorded.
 */
final class DitPieces implements AutoCloseable {
    private static final double LONGEST_PERIOD = 10_000;

    private final ModelShare share;
    private final DataType type;
    private final ScriptModule script;
    private final NDManager scope;
    private final NDArray frequency;
    private final RopeTables ropes;
    private final Optional<TokenExchange> exchange;
    private final Optional<PieceWeights> tokens;
    private final PieceWeights condition;
    private final List<PieceWeights> layers = new ArrayList<>();
    private final Optional<PieceWeights> head;
    private final BlockPieces blocks;

    /**
     * What every block is told of a batch.
     *
     * @param scalars_BVD embedding of timestep and fps, for noisy and for clean tokens
     * @param variant_JBVM what t_block makes of it, attention's half first
     * @param text_SD projected captions
     */
    record Embedding(NDArray scalars_BVD, NDArray variant_JBVM, NDArray text_SD) {}

    /**
     * What comes before the blocks.
     *
     * @param token_RD start token, patches, end token of every sample, one sample behind the other; empty in a later stage, which
     *     is sent them
     * @param embedding for the blocks
     */
    record Start(Optional<NDArray> token_RD, Embedding embedding) {}

    /**
     * A piece's result with what its way back needs.
     *
     * @param result the piece's own
     * @param values closed by who runs the piece back
     */
    record Kept<T>(T result, KeptValues values) {}

    DitPieces(ModelShare share, DitWeights weights, Computation computation, ModelRanks ranks) {
        if (weights.compact().isPresent()
                && (computation.precision() != ComputePrecision.BF16
                        || ranks.tensor().isPresent())) {
            throw new IllegalArgumentException("expected bf16 on one rank for compact weights, found " + computation);
        }
        this.share = share;
        type = weights.type();
        List<String> embedded = new ArrayList<>();
        List<String> conditions = new ArrayList<>();
        List<List<String>> inLayers = new ArrayList<>();
        for (int i = 0; i < share.layers(); i++) {
            inLayers.add(new ArrayList<>());
        }
        List<String> last = new ArrayList<>();
        for (ParameterShape shape : share.shapes(DitParameters.shapes(share.size()))) {
            AxisSizes.requireShape(weights.get(shape.name()), shape.shape(), "parameter " + shape.name());
            String[] parts = shape.name().split("\\.", 3);
            List<String> group = switch (parts[0]) {
                case "blocks" -> inLayers.get(Integer.parseInt(parts[1]) - share.firstLayer());
                case "final_layer" -> last;
                case "start_token", "end_token", "x_embedder" -> embedded;
                default -> conditions;
            };
            group.add(shape.name());
        }
        scope = weights.scope().newSubManager();
        frequency = Precisions.of(
                type, EngineMemory.array(scope, new Shape(DitParameters.WAVES / 2), frequencies()), scope);
        ropes = new RopeTables(scope);
        script = ScriptArchive.ofResource(DiffusionTransformer.class, "transformer.py")
                .load();
        tokens = share.isFirst() ? Optional.of(PieceWeights.of(weights, embedded)) : Optional.empty();
        condition = PieceWeights.of(weights, conditions);
        for (List<String> names : inLayers) {
            PieceWeights block = PieceWeights.of(weights, names, share.tensorRank());
            layers.add(computation.precision() == ComputePrecision.BF16 ? block.rounded(script, scope) : block);
        }
        head = share.isLast() ? Optional.of(PieceWeights.of(weights, last)) : Optional.empty();
        exchange = ranks.tensor().map(tensor -> new TokenExchange(tensor, script));
        blocks = blocks(computation.recomputation());
    }

    private BlockPieces blocks(Recomputation recomputation) {
        Keeping keeping = recomputation == Recomputation.SELECTIVE ? Keeping.SOME : Keeping.ALL;
        BlockPieces pieces = exchange.isPresent()
                ? new CutBlocks(script, layers, share.heads(), keeping, exchange.get())
                : new WholeBlocks(script, layers, share.heads(), keeping);
        return recomputation == Recomputation.BLOCK ? new RecomputedBlocks(pieces) : pieces;
    }

    /** Takes over the parameters' present values where copies of them are computed with. */
    void parametersChanged() {
        layers.forEach(block -> block.roundAgain(script));
    }

    private static float[] frequencies() {
        int count = DitParameters.WAVES / 2;
        float[] frequencies = new float[count];
        for (int i = 0; i < count; i++) {
            frequencies[i] = (float) Math.exp(-Math.log(LONGEST_PERIOD) * i / count);
        }
        return frequencies;
    }

    /**
     * @throws WorkFailure of kind INVALID_REQUEST if the tokens cannot be shared out among the ranks
     */
    TokenLayout layout(DitInput input, NDManager into) {
        if (input.patches() % share.tensorRanks() != 0) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot run the transformer: the %d tokens of a sample of %d x %d x %d cannot be shared out equally among %d ranks. Choose a 'tensor' or a shape that divides."
                            .formatted(
                                    input.patches(),
                                    input.frames(),
                                    input.height(),
                                    input.width(),
                                    share.tensorRanks()));
        }
        return TokenLayout.of(input, ropes.of(input), share, type, into);
    }

    BlockPieces blocks() {
        return blocks;
    }

    ModelShare share() {
        return share;
    }

    DataType type() {
        return type;
    }

    /** Shape of the rank's own tokens. */
    Shape tokenShape(DitInput input) {
        long own = input.patches() / share.tensorRanks() + 2;
        return new Shape(input.batch() * own, share.size().width());
    }

    Start start(DitInput input, NDManager into) {
        Kept<Start> kept = startKeeping(input, into);
        kept.values.close();
        return kept.result;
    }

    Kept<Start> startKeeping(DitInput input, NDManager into) {
        int batch = input.batch();
        // Timesteps, the timestep 0 of clean tokens, frame rates.
        float[] scalars = new float[2 * batch + 1];
        for (int b = 0; b < batch; b++) {
            scalars[b] = (float) input.conditions().get(b).timestep();
            scalars[batch + 1 + b] = (float) input.conditions().get(b).fps();
        }
        NDArray scalar = Precisions.of(type, EngineMemory.array(into, new Shape(scalars.length), scalars), into);
        NDArray text_SD = Precisions.of(type, input.text_SD(), into);
        ScriptResult result = tokens.isPresent()
                ? script.callUnrecorded("embed")
                        .with(Precisions.of(type, input.latent_BCFHW(), into))
                        .with(firstPatch(input))
                        .with(input.patches() / share.tensorRanks())
                        .with(scalar)
                        .with(frequency)
                        .with(text_SD)
                        .with(tokens.get().forward())
                        .with(condition.forward())
                        .parts(into)
                : script.callUnrecorded("condition")
                        .with(batch)
                        .with(scalar)
                        .with(frequency)
                        .with(text_SD)
                        .with(condition.forward())
                        .parts(into);
        NDList arrays = result.arrays();
        int at = arrays.size() - 3;
        return new Kept<>(
                new Start(
                        at > 0 ? Optional.of(arrays.get(0)) : Optional.empty(),
                        new Embedding(arrays.get(at), arrays.get(at + 1), arrays.get(at + 2))),
                new KeptValues(result.values()));
    }

    private int firstPatch(DitInput input) {
        return share.tensorRank() * (input.patches() / share.tensorRanks());
    }

    /** The whole velocity, on every rank of the last stage. */
    NDArray head(NDArray token_RD, Embedding embedding, TokenLayout layout, DitInput input, NDManager into) {
        Kept<NDArray> kept = headKeeping(token_RD, embedding, layout, input, into);
        kept.values.close();
        return kept.result;
    }

    Kept<NDArray> headKeeping(
            NDArray token_RD, Embedding embedding, TokenLayout layout, DitInput input, NDManager into) {
        PieceWeights weights = head.orElseThrow();
        ScriptCall call = script.callUnrecorded(exchange.isPresent() ? "head_tokens" : "head")
                .with(token_RD)
                .with(embedding.scalars_BVD)
                .with(layout.own());
        if (exchange.isEmpty()) {
            call.with(input.frames()).with(input.height()).with(input.width());
        }
        ScriptResult result = call.with(weights.forward()).parts(into);
        NDArray velocity = result.arrays().get(0);
        if (exchange.isPresent()) {
            velocity = unpatched(velocity, input, exchange.get(), into);
        }
        return new Kept<>(velocity, new KeptValues(result.values()));
    }

    private NDArray unpatched(NDArray own_RI, DitInput input, TokenExchange ranks, NDManager into) {
        Shape all = new Shape(
                ranks.size() * own_RI.getShape().get(0), own_RI.getShape().get(1));
        try (NDArray all_RI = ranks.gathered(own_RI, all, into)) {
            own_RI.close();
            return script.callUnrecorded("unpatched")
                    .with(all_RI)
                    .with(ranks.size())
                    .with(input.batch())
                    .with(input.frames())
                    .with(input.height())
                    .with(input.width())
                    .one(into);
        }
    }

    /** Gradients of tokens and scalars, out of the whole velocity's. */
    NDList headBackward(NDArray gradient_BCFHW, DitInput input, TokenLayout layout, KeptValues kept, NDManager into) {
        PieceWeights weights = head.orElseThrow();
        return script.callUnrecorded("head_backward")
                .with(Precisions.of(type, gradient_BCFHW, into))
                .with(firstPatch(input))
                .with(layout.own())
                .with(kept.values().get(0))
                .with(weights.backward())
                .with(weights.gradients())
                .all(into);
    }

    /**
     * Ends the way back.
     *
     * @param token_RD gradient of the tokens
     * @param gradients of what the blocks were told
     * @param throughText whether the captions' own gradient is wanted
     * @return that gradient, or no values
     */
    NDArray startBackward(
            NDArray token_RD,
            Embedding gradients,
            TokenLayout layout,
            boolean throughText,
            KeptValues kept,
            NDManager into) {
        ScriptCall call = script.callUnrecorded(tokens.isPresent() ? "embed_backward" : "condition_backward");
        if (tokens.isPresent()) {
            call.with(token_RD);
        }
        call.with(gradients.scalars_BVD)
                .with(gradients.variant_JBVM)
                .with(gradients.text_SD)
                .with(layout.own())
                .with(throughText)
                .with(kept.values().get(0))
                .with(condition.backward());
        tokens.ifPresent(weights -> call.with(weights.gradients()));
        return call.with(condition.gradients()).one(into);
    }

    @Override
    public void close() {
        tokens.ifPresent(PieceWeights::close);
        condition.close();
        layers.forEach(PieceWeights::close);
        head.ifPresent(PieceWeights::close);
        ropes.close();
        script.close();
        scope.close();
    }
}
