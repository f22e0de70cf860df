package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.archive.TensorFiles;
import dev.mugv.model.config.AdapterConfiguration;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.Tuning;
import dev.mugv.model.dit.Adapters;
import dev.mugv.model.dit.Computation;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.dit.DitWeights;
import dev.mugv.model.dit.FrozenParts;
import dev.mugv.model.dit.HeldSlice;
import dev.mugv.model.dit.ModelRanks;
import dev.mugv.model.dit.ModelShare;
import dev.mugv.model.dit.PublishedTensors;
import dev.mugv.model.dit.ShareTensors;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.CompactWeights;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.SafetensorsWriter;
import dev.mugv.model.tensor.TensorSource;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A transformer with its parameters (null caption included) and the objective's script, in one scope. Of a model that several ranks
 * hold together, one rank's share.
 *
 * @param transformer computes velocities
 * @param weights of the transformer
 * @param trained what the trained parameters are of the model's
 * @param ranks that hold the model together
 * @param flow the objective
 * @param scope parent of every update's own scope
 * @param owned the sets of values that end with this model
 */
record DitModel(
        DiffusionTransformer transformer,
        DitWeights weights,
        HeldParameters trained,
        ModelRanks ranks,
        FlowMatching flow,
        NDManager scope,
        List<ParameterSet> owned)
        implements AutoCloseable {

    /**
     * A model to be trained; all values are zero.
     *
     * @throws WorkFailure of kind INVALID_REQUEST if the tuning freezes what is not there, or all there is
     */
    static DitModel trainable(DitSize size, ComputePrecision precision, Tuning tuning, NDManager scope) {
        return trainable(
                ModelShare.whole(size),
                ModelRanks.ALONE,
                new Computation(precision, tuning.recomputation()),
                tuning,
                scope);
    }

    /**
     * A rank's share of such a model.
     *
     * @param ranks that hold the model together
     */
    static DitModel trainable(
            ModelShare share, ModelRanks ranks, Computation computation, Tuning tuning, NDManager scope) {
        TrainedShapes shapes = TrainedShapes.of(share.size(), tuning);
        List<ParameterShape> held = share.shapes(shapes.trained());
        if (held.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot spread the model over ranks: nothing that stage %d holds is trained. Freeze less, or set 'pipeline' lower."
                            .formatted(share.stage()));
        }
        ParameterSet parameters = ParameterSet.trainable(scope, held);
        List<ParameterShape> others = share.shapes(shapes.frozen());
        Optional<ParameterSet> frozen =
                others.isEmpty() ? Optional.empty() : Optional.of(ParameterSet.frozen(scope, others));
        DitWeights weights = new DitWeights(parameters, frozen, tuning.adapters());
        HeldParameters trained = HeldParameters.of(shapes.trained(), share);
        DiffusionTransformer transformer = new DiffusionTransformer(share, weights, computation, ranks);
        return new DitModel(transformer, weights, trained, ranks, new FlowMatching(), scope, weights.sets());
    }

    /** The whole model as a training with this tuning publishes it, without gradients; all values are zero. */
    static DitModel published(DitSize size, Tuning tuning, NDManager scope) {
        TrainedShapes shapes = TrainedShapes.of(size, tuning);
        ParameterSet parameters = ParameterSet.frozen(scope, shapes.trained());
        Optional<ParameterSet> frozen =
                shapes.frozen().isEmpty() ? Optional.empty() : Optional.of(ParameterSet.frozen(scope, shapes.frozen()));
        DitWeights weights = new DitWeights(parameters, frozen, tuning.adapters());
        return of(size, weights, Computation.of(ComputePrecision.FP32), scope, weights.sets());
    }

    /** Parameters of a whole model that a tuning trains, and those that it leaves as they are. */
    private record TrainedShapes(List<ParameterShape> trained, List<ParameterShape> frozen) {
        static TrainedShapes of(DitSize size, Tuning tuning) {
            List<ParameterShape> published = DitParameters.shapesWithNullCaption(size);
            FrozenParts parts = new FrozenParts(tuning.frozen());
            parts.requireSome(published);
            Map<Boolean, List<ParameterShape>> split = published.stream()
                    .collect(Collectors.partitioningBy(
                            shape -> tuning.adapters().isPresent() || parts.cover(shape.name())));
            List<ParameterShape> trained = tuning.adapters()
                    .map(adapters -> Adapters.shapes(size, adapters))
                    .orElseGet(() -> Objects.requireNonNull(split.get(false)));
            return new TrainedShapes(trained, Objects.requireNonNull(split.get(true)));
        }
    }

    /** A model without gradients, with another's present values; adapters are left out. What is frozen in the other is shared. */
    static DitModel frozenCopy(DitModel other, ComputePrecision precision, NDManager scope) {
        if (other.weights.adapters().isPresent()) {
            DitWeights base = DitWeights.of(other.weights.frozen().orElseThrow());
            return other.copy(base, precision, scope, List.of());
        }
        ParameterSet copy = other.parameters().frozenCopy(scope);
        DitWeights weights = new DitWeights(copy, other.weights.frozen(), Optional.empty());
        return other.copy(weights, precision, scope, List.of(copy));
    }

    /** The same share with other values, and the same ranks. */
    private DitModel copy(DitWeights values, ComputePrecision precision, NDManager into, List<ParameterSet> ending) {
        DiffusionTransformer copy =
                new DiffusionTransformer(transformer.share(), values, Computation.of(precision), ranks);
        return new DitModel(
                copy, values, HeldParameters.whole(values.parameters()), ranks, new FlowMatching(), into, ending);
    }

    /** A model without gradients; all values are zero. */
    static DitModel frozen(DitSize size, NDManager scope) {
        return frozen(size, ComputePrecision.FP32, scope);
    }

    /** The same, computing in this precision; in bf16 it holds both forms of what is rounded, so that the values can change. */
    static DitModel frozen(DitSize size, ComputePrecision precision, NDManager scope) {
        DitWeights weights = DitWeights.of(ParameterSet.frozen(scope, DitParameters.shapesWithNullCaption(size)));
        return of(size, weights, Computation.of(precision), scope, weights.sets());
    }

    /**
     * A model without gradients that computes in bf16 a file's values: what products of the blocks take is held in two bytes a
     * value alone, mapped where the file holds it so. Velocities are bit for bit those of {@link #frozen} with the same file.
     *
     * @param seed as in {@link #read}
     * @param scope holds the values until it is closed
     */
    static DitModel compact(DitSize size, Path file, long seed, NDManager scope) {
        try (TensorSource tensors = TensorFiles.open(file)) {
            boolean table = requirePublished(tensors, size);
            Map<Boolean, List<ParameterShape>> split = DitParameters.shapesWithNullCaption(size).stream()
                    .collect(Collectors.partitioningBy(shape -> DitWeights.isCompact(shape.name())));
            ParameterSet parameters = ParameterSet.frozen(scope, Objects.requireNonNull(split.get(false)));
            if (!table) {
                DitParameters.initialise(parameters, size.width(), seed);
            }
            fill(parameters, tensors);
            List<ParameterShape> products = Objects.requireNonNull(split.get(true));
            CompactWeights compact = CompactWeights.of(
                    scope,
                    intake -> products.forEach(shape -> {
                        tensors.requireFinite(shape.name());
                        intake.take(tensors, shape.name(), shape.name());
                    }));
            DitWeights weights = new DitWeights(parameters, Optional.empty(), Optional.empty(), Optional.of(compact));
            return of(size, weights, Computation.of(ComputePrecision.BF16), scope, List.of(parameters));
        }
    }

    /** Refuses other keys and shapes than the published ones; whether the null caption's table is among them. */
    private static boolean requirePublished(TensorSource tensors, DitSize size) {
        boolean table = tensors.names().contains(DitParameters.NULL_CAPTION);
        tensors.requireExactly(table ? DitParameters.shapesWithNullCaption(size) : DitParameters.shapes(size));
        return table;
    }

    private static void fill(ParameterSet set, TensorSource tensors) {
        set.fill(
                tensors,
                set.shapes().stream()
                        .filter(shape -> tensors.contains(shape.name()))
                        .toList());
    }

    private static DitModel of(
            DitSize size, DitWeights weights, Computation computation, NDManager scope, List<ParameterSet> owned) {
        DiffusionTransformer transformer =
                new DiffusionTransformer(ModelShare.whole(size), weights, computation, ModelRanks.ALONE);
        HeldParameters trained = HeldParameters.whole(weights.parameters());
        return new DitModel(transformer, weights, trained, ModelRanks.ALONE, new FlowMatching(), scope, owned);
    }

    DitSize size() {
        return transformer.size();
    }

    /** What is trained; of a model that is not, all. */
    ParameterSet parameters() {
        return weights.parameters();
    }

    /** How many values are published: adapters do not count. */
    long publishedValues() {
        return weights.shapes().stream()
                .filter(shape -> !Adapters.isAdapter(shape.name()))
                .mapToLong(ParameterShape::size)
                .sum();
    }

    /** Gives all values their first ones, drawn from the seed. */
    void initialise(long seed) {
        for (ParameterSet set : weights.sets()) {
            if (transformer.share().isWhole()) {
                initialise(set, seed);
            } else {
                initialiseParts(set, seed);
            }
        }
        transformer.weightsChanged();
    }

    private void initialise(ParameterSet set, long seed) {
        if (Adapters.isAdapter(set.shapes().get(0).name())) {
            Adapters.initialise(set, seed);
        } else {
            DitParameters.initialise(set, size().width(), seed);
        }
    }

    /** First values are drawn for whole parameters, so that they are the same under every layout: one after the other. */
    private void initialiseParts(ParameterSet set, long seed) {
        List<ParameterShape> whole = new ArrayList<>(DitParameters.shapesWithNullCaption(size()));
        weights.adapters().ifPresent(adapters -> whole.addAll(Adapters.shapes(size(), adapters)));
        for (ParameterShape shape : whole) {
            if (!set.contains(shape.name())) {
                continue;
            }
            try (ParameterSet one = ParameterSet.frozen(scope, List.of(shape))) {
                initialise(one, seed);
                FloatBuffer drawn = one.values(shape.name());
                FloatBuffer part = set.values(shape.name());
                for (HeldSlice each : transformer.share().slices(shape, 0, part.limit())) {
                    each.slice()
                            .forEachOverlap(
                                    0,
                                    shape.size(),
                                    (logical, held, length) ->
                                            part.put((int) (each.first() + held), drawn, (int) logical, (int) length));
                }
            }
        }
    }

    /**
     * Takes the values of a published file. One without a null caption (a model trained without caption dropout, the
     * released weights) gets a table drawn from the seed; so do adapters.
     */
    void read(Path file, long seed) {
        try (TensorSource tensors = TensorFiles.open(file)) {
            boolean table = requirePublished(tensors, size());
            if (!table || weights.adapters().isPresent()) {
                initialise(seed);
            }
            ModelShare share = transformer.share();
            TensorSource parts = share.isWhole() ? tensors : new ShareTensors(tensors, share);
            for (ParameterSet set : weights.sets()) {
                fill(set, parts);
            }
        } finally {
            transformer.weightsChanged();
        }
    }

    /** Writes the values of a whole model under their published names: with the adapters' part in them, unless they are to stay apart. */
    void write(Path file) {
        boolean apart = weights.adapters()
                .map(adapters -> adapters.publication() == AdapterConfiguration.Publication.APART)
                .orElse(false);
        TensorSource tensors = apart ? PublishedTensors.of(weights) : PublishedTensors.merged(weights);
        new SafetensorsWriter(Map.of("format", "pt")).addAll(tensors).write(file);
    }

    @Override
    public void close() {
        transformer.close();
        flow.close();
        owned.forEach(ParameterSet::close);
    }
}
