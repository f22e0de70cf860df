package dev.mugv.model.config;

import java.util.Optional;

/**
 * How a training is spread over ranks. Ranks that hold a model together are numbered tensor first, then data, then pipeline, so
 * that those that talk most are neighbours.
 *
 * @param tensor ranks among which the matrices of a block and the tokens of a sample are cut
 * @param pipeline ranks among which the blocks are divided
 * @param data ranks among which the samples of an update are divided
 */
public record Layout(
        @Default("1") int tensor,
        @Default("1") int pipeline,
        @Default("1") int data) {
    /** One process. */
    public static final Layout ALONE = new Layout(1, 1, 1);

    public Layout {
        new Faults()
                .atLeast(1, tensor, "tensor")
                .atLeast(1, pipeline, "pipeline")
                .atLeast(1, data, "data")
                .throwIfAny();
    }

    /** Why a model of this size cannot be divided so, and what would do; empty where it can. */
    public Optional<String> obstacle(DitSize size) {
        if (size.heads() % tensor != 0) {
            return Optional.of(
                    "its %d heads cannot be shared out equally among %d ranks. Choose a 'tensor' that divides %d"
                            .formatted(size.heads(), tensor, size.heads()));
        }
        return size.layers() % pipeline == 0
                ? Optional.empty()
                : Optional.of(
                        "its %d blocks cannot be shared out equally among %d stages. Choose a 'pipeline' that divides %d"
                                .formatted(size.layers(), pipeline, size.layers()));
    }

    /** The same of samples of a shape, whose patches are shared out among the ranks of a tensor group. */
    public Optional<String> obstacle(VideoShape shape) {
        return shape.patches() % tensor == 0
                ? Optional.empty()
                : Optional.of(
                        "the %d tokens of a sample of shape %s cannot be shared out equally among %d ranks. Choose a 'tensor' or a shape that divides"
                                .formatted(shape.patches(), shape.label(), tensor));
    }

    /** How many there are in all. */
    public int ranks() {
        return tensor * pipeline * data;
    }

    /** Place of a rank in its tensor-parallel group. */
    public int tensorRank(int rank) {
        return rank % tensor;
    }

    /** Which of the model's replicas a rank belongs to. */
    public int dataRank(int rank) {
        return rank / tensor % data;
    }

    /** Stage of the pipeline that a rank holds. */
    public int stage(int rank) {
        return rank / (tensor * data);
    }
}
