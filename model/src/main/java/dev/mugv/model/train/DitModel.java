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
import dev.mugv.model.dit.ModelRanks;
import dev.mugv.model.dit.ModelShare;
import dev.mugv.model.dit.PublishedTensors;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.CompactWeights;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.SafetensorsWriter;
import dev.mugv.model.tensor.TensorSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A transformer with its parameters (null caption included) and the objective's script, in one scope.
 *
 * @param transformer computes velocities
 * @param weights of the transformer
 * @param flow the objective
 * @param scope parent of every update's own scope
 * @param owned the sets of values that end with this model
 */
record DitModel(
        DiffusionTransformer transformer,
        DitWeights weights,
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
        List<ParameterShape> published = DitParameters.shapesWithNullCaption(size);
        FrozenParts parts = new FrozenParts(tuning.frozen());
        parts.requireSome(published);
        Map<Boolean, List<ParameterShape>> split = published.stream()
                .collect(
                        Collectors.partitioningBy(shape -> tuning.adapters().isPresent() || parts.cover(shape.name())));
        List<ParameterShape> trained = tuning.adapters()
                .map(adapters -> Adapters.shapes(size, adapters))
                .orElseGet(() -> Objects.requireNonNull(split.get(false)));
        ParameterSet parameters = ParameterSet.trainable(scope, trained);
        List<ParameterShape> others = Objects.requireNonNull(split.get(true));
        Optional<ParameterSet> frozen =
                others.isEmpty() ? Optional.empty() : Optional.of(ParameterSet.frozen(scope, others));
        DitWeights weights = new DitWeights(parameters, frozen, tuning.adapters());
        return of(size, weights, new Computation(precision, tuning.recomputation()), scope, weights.sets());
    }

    /** A model without gradients, with another's present values; adapters are left out. What is frozen in the other is shared. */
    static DitModel frozenCopy(DitModel other, ComputePrecision precision, NDManager scope) {
        if (other.weights.adapters().isPresent()) {
            DitWeights base = DitWeights.of(other.weights.frozen().orElseThrow());
            return of(other.size(), base, Computation.of(precision), scope, List.of());
        }
        ParameterSet copy = other.parameters().frozenCopy(scope);
        DitWeights weights = new DitWeights(copy, other.weights.frozen(), Optional.empty());
        return of(other.size(), weights, Computation.of(precision), scope, List.of(copy));
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
        return new DitModel(transformer, weights, new FlowMatching(), scope, owned);
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
            if (weights.adapters().isPresent() && set == weights.parameters()) {
                Adapters.initialise(set, seed);
            } else {
                DitParameters.initialise(set, size().width(), seed);
            }
        }
        transformer.weightsChanged();
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
            for (ParameterSet set : weights.sets()) {
                fill(set, tensors);
            }
        } finally {
            transformer.weightsChanged();
        }
    }

    /** Writes the values under their published names: with the adapters' part in them, unless they are to stay apart. */
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
