package dev.mugv.model.train;

import dev.mugv.model.checkpoint.Checkpoint;
import dev.mugv.model.checkpoint.CheckpointPart;
import dev.mugv.model.checkpoint.CheckpointState;
import dev.mugv.model.checkpoint.CheckpointStore;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.format.TrainingEvent;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Rank;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.TensorSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A training's way into checkpoints and back out of them: weights, moments, and where it stood. */
final class TrainingSaves implements AutoCloseable {
    private static final String OPTIMIZER = "optimizer";

    private final TaskContext context;
    private final TrainingPlan plan;
    private final Trained trained;
    private final CheckpointStore store;

    /**
     * What is saved.
     *
     * @param carried what goes on beside, by the name of its file
     * @param mode whether another number of ranks gives other bits
     */
    record Trained(
            Trainable trainable,
            OptimizerState optimizer,
            SortedMap<String, CarriedState> carried,
            ParallelMode mode) {}

    TrainingSaves(TaskContext context, TrainingPlan plan, Trained trained, Rank rank) {
        this.context = context;
        this.plan = plan;
        this.trained = trained;
        this.store = new CheckpointStore(
                context, rank, plan.retention(), context.order().conduct().checkpointMemory());
    }

    CheckpointStore store() {
        return store;
    }

    /**
     * Copies everything and lets it be written in the background.
     *
     * @param first what must be on the disk before
     */
    void save(
            TrainingPosition position,
            Optional<Double> validationLoss,
            SortedMap<String, Double> guard,
            Runnable first) {
        CheckpointState state = new CheckpointState(
                CheckpointState.FORMAT_VERSION,
                position.update(),
                position.batch(),
                position.batch() * plan.samplesPerUpdate(),
                plan.seeds(),
                context.order().key().value(),
                plan.codeVersion(),
                plan.environment(),
                plan.layout(),
                position.ancestors(),
                validationLoss,
                guard);
        store.save(state, parts(), first);
    }

    /** Lets room for the first checkpoint be made in the background. */
    void prepare() {
        store.prepare(parts());
    }

    private List<CheckpointPart> parts() {
        List<CheckpointPart> parts = new ArrayList<>(trained.optimizer().parameterParts(TrainingLoop.WEIGHTS));
        parts.addAll(trained.optimizer().parts(OPTIMIZER));
        trained.carried().forEach((name, state) -> parts.addAll(state.parts(name)));
        return parts;
    }

    /** Loads the newest checkpoint that is whole, if there is one, and says where that stood. */
    Optional<Checkpoint> loadNewest(long most) {
        Optional<Checkpoint> found = store.newestVerified(most);
        found.ifPresent(this::load);
        return found;
    }

    /** Where the training stands after a checkpoint was loaded; another environment or layout is recorded. */
    TrainingPosition position(Checkpoint checkpoint) {
        CheckpointState state = checkpoint.state();
        TrainingPosition position = new TrainingPosition(state.update(), state.batch(), state.ancestors());
        boolean sameEnvironment = state.environment().equals(new TreeMap<>(plan.environment()));
        boolean sameLayout = state.layout().equals(plan.layout());
        if (!sameEnvironment) {
            store.events()
                    .record(
                            TrainingEvent.Kind.ENVIRONMENT_CHANGED,
                            state.update(),
                            "the checkpoint was made under %s, this run is under %s: its last bits may differ"
                                    .formatted(state.environment(), plan.environment()));
        }
        if (!sameLayout) {
            store.events()
                    .record(
                            TrainingEvent.Kind.LAYOUT_CHANGED,
                            state.update(),
                            "the checkpoint was made by %s, this run has %s".formatted(state.layout(), plan.layout()));
        }
        boolean sameModel = state.layout().tensor() == plan.layout().tensor()
                && state.layout().pipeline() == plan.layout().pipeline();
        boolean sameBits = sameEnvironment && (sameLayout || (sameModel && trained.mode() == ParallelMode.EXACT));
        return sameBits ? position : position.fork();
    }

    @Override
    public void close() {
        store.close();
    }

    private void load(Checkpoint checkpoint) {
        requireSameTraining(checkpoint);
        Trainable trainable = trained.trainable();
        try (TensorSource weights = checkpoint.tensors(TrainingLoop.WEIGHTS);
                TensorSource moments = checkpoint.tensors(OPTIMIZER)) {
            weights.requireExactly(trainable.held().shapes());
            trainable.parameters().fill(trainable.held().parts(weights));
            trained.optimizer().read(moments);
        }
        trained.carried().forEach((name, state) -> {
            try (TensorSource tensors = checkpoint.tensors(name)) {
                state.read(tensors);
            }
        });
        trainable.parametersChanged();
    }

    private void requireSameTraining(Checkpoint checkpoint) {
        CheckpointState state = checkpoint.state();
        String expected = context.order().key().value();
        if (!state.configurationHash().equals(expected)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot resume from '%s': expected configuration %s, found %s. Move the folder away to train from the start."
                            .formatted(checkpoint.folder(), expected, state.configurationHash()));
        }
    }
}
