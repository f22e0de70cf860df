package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.dit.StageExchange.Direction;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.AxisSizes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A velocity with the way back to the parameters it was computed from.
 *
 * <pre>{@code
 * try (ForwardPass pass = model.forward(input, scope)) {
 *     pass.backward(gradientOf(pass.velocity()));
 * }
 * }</pre>
 *
 * Of a model that is spread over a pipeline, a pass is one stage's share: the last one has the velocity, and the others are run
 * back without a gradient of their own, which their neighbour sends. Close it before the transformer.
 */
public final class ForwardPass implements AutoCloseable {
    private final DitInput input;
    private final DitPieces pieces;
    private final Optional<StageExchange> stages;
    private final NDManager scope;
    private final TokenLayout layout;
    private final DitPieces.Embedding embedding;
    private final Optional<NDArray> velocity;
    /** Of what comes before the blocks, the blocks, and head where this stage has it; the last one on top. */
    private final Deque<KeptValues> kept = new ArrayDeque<>();

    private final List<StageExchange.Sent> sent = new ArrayList<>();
    private boolean runBack;

    ForwardPass(DitInput input, DitPieces pieces, Optional<StageExchange> stages, NDManager parent) {
        this.input = input;
        this.pieces = pieces;
        this.stages = stages;
        scope = parent.newSubManager();
        layout = pieces.layout(input, scope);
        DitPieces.Kept<DitPieces.Start> start = pieces.startKeeping(input, scope);
        kept.push(start.values());
        embedding = start.result().embedding();
        NDArray token_RD = start.result().token_RD().orElseGet(() -> received(Direction.ONWARD));
        for (int i = 0; i < pieces.share().layers(); i++) {
            NDArray before = token_RD;
            DitPieces.Kept<NDArray> block = pieces.blocks().runKeeping(i, before, embedding, layout, scope);
            before.close();
            kept.push(block.values());
            token_RD = block.result();
        }
        if (pieces.share().isLast()) {
            DitPieces.Kept<NDArray> head = pieces.headKeeping(token_RD, embedding, layout, input, scope);
            token_RD.close();
            kept.push(head.values());
            velocity = Optional.of(head.result());
        } else {
            send(token_RD, Direction.ONWARD);
            velocity = Optional.empty();
        }
    }

    private NDArray received(Direction direction) {
        return stages.orElseThrow().receive(pieces.tokenShape(input), pieces.type(), direction, scope);
    }

    private void send(NDArray token_RD, Direction direction) {
        sent.add(stages.orElseThrow().send(token_RD, direction));
    }

    /** Whether this stage has the velocity: the last one has. */
    public boolean hasVelocity() {
        return velocity.isPresent();
    }

    /** The velocity, [B, 48, F, H, W], of which the first 24 channels count. */
    public NDArray velocity() {
        return velocity.orElseThrow(() -> new IllegalStateException("this stage has no velocity: the last one has"));
    }

    /**
     * Adds to the parameters' gradients what follows from the velocity's. Once a pass; what was kept is freed on the way.
     *
     * @param gradient_BCFHW of the velocity's shape
     */
    public void backward(NDArray gradient_BCFHW) {
        backward(Optional.of(gradient_BCFHW), piece -> {});
    }

    /**
     * The same for any stage.
     *
     * @param gradient_BCFHW of the velocity, where this stage has it
     * @param complete told on the way which piece has all its gradients, by the beginning of its parameters' names: {@code
     *     final_layer.}, {@code blocks.3.}; not told of the embedders, whose gradients are there at the end
     */
    public void backward(Optional<NDArray> gradient_BCFHW, Consumer<String> complete) {
        runBack(gradient_BCFHW, false, complete);
    }

    /**
     * The same, and the gradient of the captions' features, for captions that were made from parameters.
     *
     * @return this rank's summand of that gradient
     */
    public NDArray backwardToText(Optional<NDArray> gradient_BCFHW, Consumer<String> complete, NDManager into) {
        NDArray text_SD = runBack(gradient_BCFHW, true, complete);
        text_SD.attach(into);
        return text_SD;
    }

    private NDArray runBack(Optional<NDArray> gradient_BCFHW, boolean throughText, Consumer<String> complete) {
        if (runBack) {
            throw new IllegalStateException("this pass has been run back already");
        }
        if (gradient_BCFHW.isPresent() != velocity.isPresent()) {
            throw new IllegalArgumentException(
                    "expected a gradient of the velocity where there is one, and only there");
        }
        runBack = true;
        return Autograd.unrecorded(() -> {
            NDList last = gradient_BCFHW.isPresent() ? headBackward(gradient_BCFHW.get()) : fromNextStage();
            complete.accept("final_layer.");
            NDArray token_RD = last.get(0);
            DitPieces.Embedding sums = new DitPieces.Embedding(
                    last.get(1), zerosLike(embedding.variant_JBVM()), zerosLike(embedding.text_SD()));
            for (int i = pieces.share().layers() - 1; i >= 0; i--) {
                try (KeptValues values = kept.pop()) {
                    pieces.blocks().runBack(i, token_RD, sums, embedding, layout, values);
                }
                complete.accept("blocks." + (pieces.share().firstLayer() + i) + ".");
            }
            try (KeptValues values = kept.pop()) {
                NDArray text_SD = pieces.startBackward(token_RD, sums, layout, throughText, values, scope);
                if (!pieces.share().isFirst()) {
                    send(token_RD, Direction.BACK);
                }
                return text_SD;
            }
        });
    }

    /** Gradients of tokens and scalars. */
    private NDList headBackward(NDArray gradient_BCFHW) {
        AxisSizes.requireShape(gradient_BCFHW, velocity().getShape(), "gradient of the velocity");
        try (KeptValues values = kept.pop()) {
            return pieces.headBackward(gradient_BCFHW, input, layout, values, scope);
        }
    }

    private NDList fromNextStage() {
        return new NDList(received(Direction.BACK), zerosLike(embedding.scalars_BVD()));
    }

    private NDArray zerosLike(NDArray array) {
        return scope.zeros(array.getShape(), array.getDataType());
    }

    @Override
    public void close() {
        sent.forEach(StageExchange.Sent::close);
        sent.clear();
        kept.forEach(KeptValues::close);
        kept.clear();
        layout.close();
        scope.close();
    }
}
