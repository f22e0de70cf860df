package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.dit.StageExchange.Direction;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.AxisSizes;
import dev.mugv.model.tensor.ParameterSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * MUG-DiT (mugv.md, section 3): from noisy latents, captions, noise level and frame rate to a velocity that points from noise
 * to data. Text, image and frame conditions in one model.
 *
 * <p>{@link #velocity} computes forward only; {@link #forward} keeps what the way back to the parameters needs. Both run
 * {@link DitPieces}, whose backward passes are written out: the engine's recording is off inside, whatever the caller has set.
 */
public final class DiffusionTransformer implements AutoCloseable {
    private final DitWeights weights;
    private final DitPieces pieces;
    private final Optional<StageExchange> stages;
    private final SharedGradients shared;

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
        this(ModelShare.whole(size), DitWeights.of(parameters), Computation.of(precision), ModelRanks.ALONE);
    }

    /**
     * One rank's share of a model that several ranks hold together; all of them call its methods in the same order.
     *
     * @param share what this rank holds
     * @param weights of the share's shapes; stay the caller's, who closes them after this
     * @param ranks the others
     */
    public DiffusionTransformer(ModelShare share, DitWeights weights, Computation computation, ModelRanks ranks) {
        this.weights = weights;
        weights.sets().forEach(ParameterSet::valuesToDevice);
        this.pieces = new DitPieces(share, weights, computation, ranks);
        this.stages = ranks.pipeline().map(StageExchange::new);
        this.shared = new SharedGradients(share, weights, ranks);
    }

    public DitSize size() {
        return pieces.share().size();
    }

    /** What of the model is here. */
    public ModelShare share() {
        return pieces.share();
    }

    /** The weights this model computes with: those that are trained, or all of a model that is not. */
    public ParameterSet parameters() {
        return weights.parameters();
    }

    /** All weights. */
    public DitWeights weights() {
        return weights;
    }

    /**
     * To be called after {@link #parameters} changed and before the next pass: rounds them anew where the precision asks for it, and
     * takes them to the device that computes. In fp32 on a processor the passes read the parameters' own memory.
     */
    public void parametersChanged() {
        weights.parameters().valuesToDevice();
        pieces.parametersChanged();
    }

    /** The same after any of the {@link #weights} changed, frozen ones too. */
    public void weightsChanged() {
        weights.sets().forEach(ParameterSet::valuesToDevice);
        pieces.parametersChanged();
    }

    /**
     * Ends the way back of a part: gradients come from the device that summed them, and of a model that several ranks hold together,
     * those of what more than one of them holds are summed. To be called once, behind all passes.
     */
    public void sumSharedGradients() {
        weights.parameters().gradientsToHost(name -> true);
        shared.sum();
    }

    /** Who is to be told of complete pieces, once their gradients have come from the device: {@link ForwardPass#backward}. */
    public Consumer<String> whenComplete(Consumer<String> told) {
        return piece -> {
            weights.parameters().gradientsToHost(name -> name.startsWith(piece));
            told.accept(piece);
        };
    }

    /** Gives every stage what the last one knows, which has the velocity and so the loss; all stages call it. */
    public double[] fromLastStage(double[] values) {
        stages.ifPresent(exchange -> exchange.broadcastFromLast(values));
        return values;
    }

    /**
     * Velocity of a batch; on every rank of those that hold the model.
     *
     * @return [B, 48, F, H, W] in the scope, of which the first 24 channels are the velocity; the rest is unused
     */
    public NDArray velocity(DitInput input, NDManager scope) {
        requireTextWidth(input);
        return Autograd.unrecorded(() -> {
            try (NDManager local = scope.newSubManager();
                    TokenLayout layout = pieces.layout(input, local)) {
                DitPieces.Start start = pieces.start(input, local);
                NDArray token_RD = start.token_RD().orElseGet(() -> fromStageBefore(input, local));
                for (int i = 0; i < pieces.share().layers(); i++) {
                    NDArray before = token_RD;
                    token_RD = pieces.blocks().run(i, before, start.embedding(), layout, local);
                    before.close();
                }
                return stages.isEmpty()
                        ? pieces.head(token_RD, start.embedding(), layout, input, scope)
                        : sharedVelocity(token_RD, start.embedding(), layout, input, scope);
            }
        });
    }

    private NDArray fromStageBefore(DitInput input, NDManager into) {
        return stages.orElseThrow().receive(pieces.tokenShape(input), pieces.type(), Direction.ONWARD, into);
    }

    /** Sends tokens on, or makes the velocity of them; then all stages get the velocity from the last. */
    private NDArray sharedVelocity(
            NDArray token_RD, DitPieces.Embedding embedding, TokenLayout layout, DitInput input, NDManager scope) {
        StageExchange exchange = stages.orElseThrow();
        NDArray velocity;
        if (pieces.share().isLast()) {
            velocity = pieces.head(token_RD, embedding, layout, input, scope);
        } else {
            Shape latent = input.latent_BCFHW().getShape();
            velocity = scope.create(
                    new Shape(
                            latent.get(0), DitParameters.OUTPUT_CHANNELS, latent.get(2), latent.get(3), latent.get(4)),
                    pieces.type());
            exchange.send(token_RD, Direction.ONWARD).close();
        }
        exchange.broadcastFromLast(velocity);
        return velocity;
    }

    /** The same with the way back to the parameters, which must be trainable. */
    public ForwardPass forward(DitInput input, NDManager scope) {
        requireTextWidth(input);
        return Autograd.unrecorded(() -> new ForwardPass(input, pieces, stages, scope));
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

    /** The same computation as {@link #velocity}, with every state on its way kept in the scope; of a whole model. */
    public Activations activations(DitInput input, NDManager scope) {
        requireTextWidth(input);
        return Autograd.unrecorded(() -> {
            try (TokenLayout layout = pieces.layout(input, scope)) {
                DitPieces.Start start = pieces.start(input, scope);
                NDArray token_RD = start.token_RD().orElseThrow();
                Shape shape_BTD = new Shape(input.batch(), token_RD.getShape().get(0) / input.batch(), size().width());
                NDArray patches_BND = token_RD.reshape(shape_BTD).get(":, 1:-1");
                patches_BND.attach(scope);
                List<NDArray> blocks = new ArrayList<>();
                for (int i = 0; i < pieces.share().layers(); i++) {
                    token_RD = pieces.blocks().run(i, token_RD, start.embedding(), layout, scope);
                    blocks.add(token_RD.reshape(shape_BTD));
                }
                NDArray velocity = pieces.head(token_RD, start.embedding(), layout, input, scope);
                return new Activations(patches_BND, start.embedding().text_SD(), blocks, velocity);
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
        if (tokens < 1 || tokens > size().maxTextTokens()) {
            throw new IllegalArgumentException(
                    "expected 1 to " + size().maxTextTokens() + " tokens of the null caption, found " + tokens);
        }
        NDArray rows = weights.get(DitParameters.NULL_CAPTION).get("0:" + tokens);
        rows.attach(scope);
        return rows;
    }

    private void requireTextWidth(DitInput input) {
        new AxisSizes("run the transformer").fix('D', size().textWidth()).bind("text_SD", input.text_SD());
    }

    @Override
    public void close() {
        pieces.close();
    }
}
