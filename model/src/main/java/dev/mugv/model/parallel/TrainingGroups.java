package dev.mugv.model.parallel;

import dev.mugv.kernels.collective.Communicator;
import dev.mugv.model.config.Layout;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;

/**
 * The ranks of one training, in the groups that talk to each other. Whatever {@link #samples} and {@link #replica} decide together,
 * {@link #all} have decided.
 *
 * @param layout how the training is spread over them
 * @param all of the training; the first one speaks and writes for all
 * @param samples those that hold the same part of the model, among which samples are divided
 * @param replica those that hold one model together; this rank alone where it holds the model whole
 */
public record TrainingGroups(Layout layout, Ranks all, Ranks samples, Ranks replica) {
    /** A training of one rank. */
    public static TrainingGroups alone() {
        return ofSamples(Ranks.alone());
    }

    /** Ranks that all hold the whole model. */
    public static TrainingGroups ofSamples(Ranks ranks) {
        return new TrainingGroups(new Layout(1, 1, ranks.size()), ranks, ranks, Ranks.alone());
    }

    /**
     * Groups for a layout; a collective call of all ranks of the training.
     *
     * @param world all of them
     * @param tensor see {@link Layout}
     * @param pipeline see {@link Layout}
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} if the ranks are no multiple of those that hold a model
     */
    public static TrainingGroups of(Communicator world, int tensor, int pipeline, ParallelMode mode) {
        int model = tensor * pipeline;
        if (world.size() % model != 0) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot train on %d ranks: expected a multiple of %d, as tensor: %d and pipeline: %d hold a model together. Start as many, or change 'parallel'."
                            .formatted(world.size(), model, tensor, pipeline));
        }
        if (model == 1) {
            return ofSamples(new Ranks(world, mode));
        }
        Layout layout = new Layout(tensor, pipeline, world.size() / model);
        int rank = world.rank();
        Communicator replica = world.split("model", layout.dataRank(rank), rank);
        Communicator samples =
                world.split("data", layout.tensorRank(rank) + layout.tensor() * layout.stage(rank), rank);
        return new TrainingGroups(
                layout,
                new Ranks(world, ParallelMode.FAST),
                new Ranks(samples, mode),
                new Ranks(replica, ParallelMode.FAST));
    }

    /** What the ranks may differ in from one rank that holds as much of the model. */
    public ParallelMode mode() {
        return samples.mode();
    }
}
