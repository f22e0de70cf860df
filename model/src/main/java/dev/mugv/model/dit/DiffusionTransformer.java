package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.AxisSizes;
import dev.mugv.model.tensor.ParameterSet;
import java.util.ArrayList;
import java.util.List;

/**
 * MUG-DiT (mugv.md, section 3): from noisy latents, captions, noise level and frame rate to a velocity that points from noise
 * to data. Text, image and frame conditions in one model.
 *
 * <p>{@link #velocity} computes forward only; {@link #forward} keeps what the way back to the parameters needs. Both run
 * {@link DitPieces}, whose backward passes are written out: the engine's recording is off inside, whatever the caller has set.
 */
public final class DiffusionTransformer implements AutoCloseable {
    private final DitSize size;
    private final ParameterSet parameters;
    private final DitPieces pieces;

    /**
     * @param parameters of {@link DitParameters#shapes} (or with the null caption); stays the caller's, who closes it after
     *     this
     */
    public DiffusionTransformer(DitSize size, ParameterSet parameters) {
        this(size, parameters, ComputePrecision.FP32);
    }

    /**
     * @param parameters as above
     * @param precision of the blocks' products; what is rounded for them is copied here (two bytes more a parameter)
     */
    public DiffusionTransformer(DitSize size, ParameterSet parameters, ComputePrecision precision) {
        this.size = size;
        this.parameters = parameters;
        this.pieces = new DitPieces(size, parameters, precision);
    }

    public DitSize size() {
        return size;
    }

    /** The weights this model computes with. */
    public ParameterSet parameters() {
        return parameters;
    }

    /**
     * To be called after parameters changed and before the next pass: rounds them anew where the precision asks for it. In
     * fp32 the passes read the parameters' own memory.
     */
    public void parametersChanged() {
        pieces.parametersChanged();
    }

    /**
     * Velocity of a batch.
     *
     * @return [B, 48, F, H, W] in the scope, of which the first 24 channels are the velocity; the rest is unused
     */
    public NDArray velocity(DitInput input, NDManager scope) {
        requireTextWidth(input);
        return Autograd.unrecorded(() -> {
            try (NDManager local = scope.newSubManager();
                    TokenLayout layout = pieces.layout(input, local)) {
                DitPieces.Embedding embedding = pieces.embed(input, local);
                NDArray token_RD = embedding.token_RD();
                for (int i = 0; i < size.layers(); i++) {
                    NDArray before = token_RD;
                    token_RD = pieces.block(i, before, embedding, layout, local);
                    before.close();
                }
                return pieces.head(token_RD, embedding, layout, input, scope);
            }
        });
    }

    /** The same with the way back to the parameters, which must be trainable. */
    public ForwardPass forward(DitInput input, NDManager scope) {
        requireTextWidth(input);
        return Autograd.unrecorded(() -> new ForwardPass(input, pieces, scope));
    }

    /**
     * What the model computes on its way to a velocity, to be compared with another implementation.
     *
     * @param patches_BND embedded patches, without start and end token
     * @param text_SD projected captions, packed
     * @param block_BTD state behind each block, start and end token included
     * @param velocity_BCFHW as {@link #velocity} gives it
     */
    public record Activations(NDArray patches_BND, NDArray text_SD, List<NDArray> block_BTD, NDArray velocity_BCFHW) {}

    /** The same computation as {@link #velocity}, with every state on its way kept in the scope. */
    public Activations activations(DitInput input, NDManager scope) {
        requireTextWidth(input);
        return Autograd.unrecorded(() -> {
            try (TokenLayout layout = pieces.layout(input, scope)) {
                DitPieces.Embedding embedding = pieces.embed(input, scope);
                NDArray token_RD = embedding.token_RD();
                Shape shape_BTD = new Shape(input.batch(), token_RD.getShape().get(0) / input.batch(), size.width());
                NDArray patches_BND = token_RD.reshape(shape_BTD).get(":, 1:-1");
                patches_BND.attach(scope);
                List<NDArray> blocks = new ArrayList<>();
                for (int i = 0; i < size.layers(); i++) {
                    token_RD = pieces.block(i, token_RD, embedding, layout, scope);
                    blocks.add(token_RD.reshape(shape_BTD));
                }
                NDArray velocity = pieces.head(token_RD, embedding, layout, input, scope);
                return new Activations(patches_BND, embedding.text_SD(), blocks, velocity);
            }
        });
    }

    /**
     * The first tokens of the null caption, to stand in for a dropped one; gradients reach the table.
     *
     * @param tokens at most the size's longest caption
     * @return [tokens, text width]
     * @throws IllegalArgumentException if there are not so many, or this model was made without a null caption
     */
    public NDArray nullCaption(int tokens, NDManager scope) {
        if (tokens < 1 || tokens > size.maxTextTokens()) {
            throw new IllegalArgumentException(
                    "expected 1 to " + size.maxTextTokens() + " tokens of the null caption, found " + tokens);
        }
        NDArray rows = parameters.get(DitParameters.NULL_CAPTION).get("0:" + tokens);
        rows.attach(scope);
        return rows;
    }

    private void requireTextWidth(DitInput input) {
        new AxisSizes("run the transformer").fix('D', size.textWidth()).bind("text_SD", input.text_SD());
    }

    @Override
    public void close() {
        pieces.close();
    }
}
