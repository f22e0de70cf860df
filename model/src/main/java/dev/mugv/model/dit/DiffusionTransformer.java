package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.tensor.AxisSizes;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptModule;
import java.util.ArrayList;
import java.util.List;

/**
 * MUG-DiT (mugv.md, section 3): from noisy latents, captions, noise level and frame rate to a velocity that points from noise
 * to data. Text, image and frame conditions in one model.
 *
 * <p>Three graph pieces, each one TorchScript method: {@code embed}, {@code block} (once a layer) and {@code head}. Whether
 * operations are recorded for a backward pass is the caller's choice ({@link dev.mugv.model.tensor.Autograd}).
 */
public final class DiffusionTransformer implements AutoCloseable {
    private final DitSize size;
    private final ParameterSet parameters;
    private final ScriptModule script;
    private final NDList embedParameters;
    private final List<NDList> blockParameters;
    private final NDList headParameters;

    /**
     * What {@code embed} makes of a batch.
     *
     * @param tokens_BTD start token, patches, end token
     * @param scalars_BVD embedding of timestep and fps, for noisy and for clean tokens
     * @param modulation_BVM the same after t_block
     * @param text_SD projected captions
     */
    record Embedding(NDArray tokens_BTD, NDArray scalars_BVD, NDArray modulation_BVM, NDArray text_SD) {}

    /**
     * @param parameters of {@link DitParameters#shapes} (or with the null caption); stays the caller's, who closes it after
     *     this
     */
    public DiffusionTransformer(DitSize size, ParameterSet parameters) {
        this.size = size;
        this.parameters = parameters;
        List<String> outside = new ArrayList<>();
        List<List<String>> blocks = new ArrayList<>();
        for (int i = 0; i < size.layers(); i++) {
            blocks.add(new ArrayList<>());
        }
        List<String> head = new ArrayList<>();
        DitParameters.shapes(size).forEach(shape -> {
            AxisSizes.requireShape(parameters.get(shape.name()), shape.shape(), "parameter " + shape.name());
            String[] parts = shape.name().split("\\.", 3);
            List<String> group = switch (parts[0]) {
                case "blocks" -> blocks.get(Integer.parseInt(parts[1]));
                case "final_layer" -> head;
                default -> outside;
            };
            group.add(shape.name());
        });
        embedParameters = parameters.get(outside);
        blockParameters = blocks.stream().map(parameters::get).toList();
        headParameters = parameters.get(head);
        script = ScriptArchive.ofResource(DiffusionTransformer.class, "transformer.py")
                .load();
    }

    public DitSize size() {
        return size;
    }

    /** The weights this model computes with. */
    public ParameterSet parameters() {
        return parameters;
    }

    /**
     * Velocity of a batch.
     *
     * @return [B, 48, F, H, W] in the scope, of which the first 24 channels are the velocity; the rest is unused
     */
    public NDArray velocity(DitInput input, NDManager scope) {
        requireTextWidth(input);
        try (NDManager local = scope.newSubManager()) {
            TokenLayout layout = TokenLayout.of(input, local);
            Embedding embedding = embed(input, local);
            NDArray tokens_BTD = embedding.tokens_BTD();
            for (int i = 0; i < size.layers(); i++) {
                NDArray before = tokens_BTD;
                tokens_BTD = block(i, before, embedding, layout, local);
                // What a backward pass needs is held by the recorded graph; without one this frees the memory at once.
                before.close();
            }
            return head(tokens_BTD, embedding, layout, input, scope);
        }
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
        TokenLayout layout = TokenLayout.of(input, scope);
        Embedding embedding = embed(input, scope);
        NDArray tokens_BTD = embedding.tokens_BTD();
        NDArray patches_BND = tokens_BTD.get(":, 1:-1");
        patches_BND.attach(scope);
        List<NDArray> blocks = new ArrayList<>();
        for (int i = 0; i < size.layers(); i++) {
            tokens_BTD = block(i, tokens_BTD, embedding, layout, scope);
            blocks.add(tokens_BTD);
        }
        return new Activations(
                patches_BND, embedding.text_SD(), blocks, head(tokens_BTD, embedding, layout, input, scope));
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

    Embedding embed(DitInput input, NDManager scope) {
        int batch = input.batch();
        float[] timesteps = new float[batch];
        float[] rates = new float[batch];
        for (int b = 0; b < batch; b++) {
            timesteps[b] = (float) input.conditions().get(b).timestep();
            rates[b] = (float) input.conditions().get(b).fps();
        }
        NDList results = script.call("embed")
                .with(input.latent_BCFHW())
                .with(EngineMemory.array(scope, new Shape(batch), timesteps))
                .with(EngineMemory.array(scope, new Shape(batch), rates))
                .with(input.text_SD())
                .with(embedParameters)
                .all(scope);
        return new Embedding(results.get(0), results.get(1), results.get(2), results.get(3));
    }

    NDArray block(int layer, NDArray tokens_BTD, Embedding embedding, TokenLayout layout, NDManager scope) {
        return script.call("block")
                .with(tokens_BTD)
                .with(embedding.modulation_BVM())
                .with(layout.choice_BTV())
                .with(layout.rope_BT11N2())
                .with(embedding.text_SD())
                .with(layout.textIndex_BS())
                .with(layout.textMask_B11S())
                .with(size.heads())
                .with(blockParameters.get(layer))
                .one(scope);
    }

    NDArray head(NDArray tokens_BTD, Embedding embedding, TokenLayout layout, DitInput input, NDManager scope) {
        return script.call("head")
                .with(tokens_BTD)
                .with(embedding.scalars_BVD())
                .with(layout.choice_BTV())
                .with(input.frames())
                .with(input.height())
                .with(input.width())
                .with(headParameters)
                .one(scope);
    }

    private void requireTextWidth(DitInput input) {
        new AxisSizes("run the transformer").fix('D', size.textWidth()).bind("text_SD", input.text_SD());
    }

    @Override
    public void close() {
        script.close();
    }
}
