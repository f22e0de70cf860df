package dev.mugv.model.dit;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.Layout;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TensorSlice;
import java.util.Collection;
import java.util.List;

/**
 * What one rank holds of a transformer: a range of its blocks (its stage of the pipeline), and of their matrices its part.
 *
 * @param size of the whole model
 * @param tensorRanks among which matrices and tokens are cut
 * @param tensorRank this rank among them
 * @param stages among which blocks are divided
 * @param stage this rank's
 */
public record ModelShare(DitSize size, int tensorRanks, int tensorRank, int stages, int stage) {
    public ModelShare {
        if (tensorRank < 0 || tensorRank >= tensorRanks || stage < 0 || stage >= stages) {
            throw new IllegalArgumentException("expected ranks below their number, found %d of %d, %d of %d"
                    .formatted(tensorRank, tensorRanks, stage, stages));
        }
        new Layout(tensorRanks, stages, 1).obstacle(size).ifPresent(ModelShare::refuse);
    }

    /** The whole model on one rank. */
    public static ModelShare whole(DitSize size) {
        return new ModelShare(size, 1, 0, 1, 0);
    }

    /**
     * What a rank holds under a layout.
     *
     * @throws WorkFailure of kind INVALID_REQUEST if the model does not divide, or the ranks are not as many
     */
    public static ModelShare of(DitSize size, Layout layout, int rank, int ranks) {
        if (layout.ranks() != ranks) {
            refuse(
                    "its layout %d x %d x %d (tensor, pipeline, data) needs %d ranks, there are %d. Ask for as many ranks as the layout has, or change 'parallel'"
                            .formatted(layout.tensor(), layout.pipeline(), layout.data(), layout.ranks(), ranks));
        }
        return new ModelShare(size, layout.tensor(), layout.tensorRank(rank), layout.pipeline(), layout.stage(rank));
    }

    private static void refuse(String obstacle) {
        throw new WorkFailure(FailureKind.INVALID_REQUEST, "Cannot spread the model over ranks: " + obstacle + ".");
    }

    public boolean isFirst() {
        return stage == 0;
    }

    public boolean isLast() {
        return stage == stages - 1;
    }

    /** Whether this is the whole model. */
    public boolean isWhole() {
        return tensorRanks == 1 && stages == 1;
    }

    boolean isCut() {
        return tensorRanks > 1;
    }

    /** Blocks that this rank has. */
    public int layers() {
        return size.layers() / stages;
    }

    /** The first of them. */
    public int firstLayer() {
        return stage * layers();
    }

    int heads() {
        return size.heads() / tensorRanks;
    }

    /** Whether this rank has a part of a parameter, or all of it. */
    public boolean holds(String name) {
        String[] parts = name.split("\\.", 3);
        return switch (parts[0]) {
            case "blocks" -> Integer.parseInt(parts[1]) / layers() == stage;
            case "start_token", "end_token", "x_embedder" -> isFirst();
            case "final_layer" -> isLast();
            // Timestep, frame rate and caption count in every block, and are embedded in every stage.
            default -> true;
        };
    }

    /** The parameters that this rank holds, with the shapes of its parts, in their order. */
    public List<ParameterShape> shapes(Collection<ParameterShape> whole) {
        return whole.stream()
                .filter(parameter -> holds(parameter.name()))
                .map(parameter -> new ParameterShape(
                        parameter.name(), ParameterCut.of(parameter.name()).part(parameter.shape(), tensorRanks)))
                .toList();
    }

    /**
     * Consecutive elements of this rank's part of a parameter as slices of the whole, in the part's order.
     *
     * @param whole the parameter with its whole shape
     * @param first index in the part
     */
    public List<HeldSlice> slices(ParameterShape whole, long first, long count) {
        return tensorRanks == 1
                ? List.of(new HeldSlice(TensorSlice.range(whole.name(), whole.shape(), first, count), first))
                : ParameterCut.of(whole.name())
                        .slices(whole, new ParameterCut.Place(tensorRanks, tensorRank), first, count);
    }

    /** Whether several ranks of the tensor group hold the same values, so that their gradients are to be summed. */
    public boolean isTensorReplicated(String name) {
        return tensorRanks > 1 && ParameterCut.of(name).isReplicated();
    }

    /** The same for the pipeline's stages. */
    public boolean isStageReplicated(String name) {
        return stages > 1
                && (name.startsWith("t_embedder.")
                        || name.startsWith("fps_embedder.")
                        || name.startsWith("t_block.")
                        || name.startsWith("y_embedder."));
    }

    /** Whether this rank is the one of all that hold these very values that counts them: in a norm, or when they are saved. */
    public boolean counts(String name) {
        return (tensorRank == 0 || !isTensorReplicated(name)) && (stage == 0 || !isStageReplicated(name));
    }
}
