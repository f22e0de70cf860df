package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.AxisSizes;
import java.util.ArrayDeque;
import java.util.Deque;
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
 * Close it before the transformer.
 */
public final class ForwardPass implements AutoCloseable {
    private final DitPieces pieces;
    private final NDManager scope;
    private final TokenLayout layout;
    private final DitPieces.Embedding embedding;
    private final NDArray velocity;
    /** Of embed, the blocks and head, the last one on top. */
    private final Deque<KeptValues> kept = new ArrayDeque<>();

    ForwardPass(DitInput input, DitPieces pieces, NDManager parent) {
        this.pieces = pieces;
        scope = parent.newSubManager();
        layout = pieces.layout(input, scope);
        DitPieces.Kept<DitPieces.Embedding> embedded = pieces.embedKeeping(input, scope);
        kept.push(embedded.values());
        embedding = embedded.result();
        NDArray token_RD = embedding.token_RD();
        for (int i = 0; i < pieces.layers(); i++) {
            NDArray before = token_RD;
            DitPieces.Kept<NDArray> block = pieces.blockKeeping(i, before, embedding, layout, scope);
            before.close();
            kept.push(block.values());
            token_RD = block.result();
        }
        DitPieces.Kept<NDArray> head = pieces.headKeeping(token_RD, embedding, layout, input, scope);
        token_RD.close();
        kept.push(head.values());
        velocity = head.result();
    }

    /** The velocity, [B, 48, F, H, W], of which the first 24 channels count. */
    public NDArray velocity() {
        return velocity;
    }

    /**
     * Adds to the parameters' gradients what follows from the velocity's. Once a pass; what was kept is freed on the way.
     *
     * @param gradient_BCFHW of the velocity's shape
     */
    public void backward(NDArray gradient_BCFHW) {
        backward(gradient_BCFHW, piece -> {});
    }

    /**
     * The same.
     *
     * @param complete told on the way which piece has all its gradients, by the beginning of its parameters' names: {@code
     *     final_layer.}, {@code blocks.3.}; not told of the embedders, whose gradients are there at the end
     */
    public void backward(NDArray gradient_BCFHW, Consumer<String> complete) {
        runBack(gradient_BCFHW, false, complete);
    }

    /** The same, and the gradient of the captions' features, for captions that were made from parameters. */
    public NDArray backwardToText(NDArray gradient_BCFHW, Consumer<String> complete, NDManager into) {
        NDArray text_SD = runBack(gradient_BCFHW, true, complete);
        text_SD.attach(into);
        return text_SD;
    }

    private NDArray runBack(NDArray gradient_BCFHW, boolean throughText, Consumer<String> complete) {
        if (kept.size() != pieces.layers() + 2) {
            throw new IllegalStateException("this pass has been run back already");
        }
        AxisSizes.requireShape(gradient_BCFHW, velocity.getShape(), "gradient of the velocity");
        return Autograd.unrecorded(() -> {
            NDList head;
            try (KeptValues values = kept.pop()) {
                head = pieces.headBackward(gradient_BCFHW, layout, values, scope);
            }
            complete.accept("final_layer.");
            NDArray token_RD = head.get(0);
            NDArray variant_JBVM = embedding.variant_JBVM();
            NDArray text_SD = embedding.text_SD();
            DitPieces.Embedding sums = new DitPieces.Embedding(
                    token_RD,
                    head.get(1),
                    scope.zeros(variant_JBVM.getShape(), DataType.FLOAT32),
                    scope.zeros(text_SD.getShape(), DataType.FLOAT32));
            for (int i = pieces.layers() - 1; i >= 0; i--) {
                try (KeptValues values = kept.pop()) {
                    pieces.blockBackward(i, sums, embedding, layout, values);
                }
                complete.accept("blocks." + i + ".");
            }
            try (KeptValues values = kept.pop()) {
                return pieces.embedBackward(sums, layout, throughText, values, scope);
            }
        });
    }

    @Override
    public void close() {
        kept.forEach(KeptValues::close);
        kept.clear();
        layout.close();
        scope.close();
    }
}
