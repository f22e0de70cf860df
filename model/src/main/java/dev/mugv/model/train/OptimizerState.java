package dev.mugv.model.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.checkpoint.CheckpointPart;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.dit.HeldSlice;
import dev.mugv.model.parallel.GradientSum;
import dev.mugv.model.parallel.OwnedRange;
import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.tensor.ScriptValue;
import dev.mugv.model.tensor.TensorSource;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * AdamW over a parameter set, with moments that can be saved and restored. Of several ranks each keeps the moments of its own
 * elements alone, and updates these. All arithmetic is the engine's, on the memory that
 * the sets own: nothing of a tensor passes through Java's heap.
 */
public final class OptimizerState implements CarriedState, AutoCloseable {
    private static final String FIRST = "first-moment.";
    private static final String SECOND = "second-moment.";

    private final OptimizerConfiguration configuration;
    private final ParameterSet parameters;
    private final GradientSum sum;
    private final HeldParameters held;
    private final OwnedValues firstMoments;
    private final OwnedValues secondMoments;
    private final NDManager scope;
    private final NDArray number;
    private final NDArray divisor;
    private final ScriptModule script =
            ScriptArchive.ofResource(OptimizerState.class, "optimizer.py").load();
    private final ScriptValue all;
    private final List<Group> groups;

    /** Parameters of one weight decay and one factor of the learning rate with their state, as the script takes them. */
    private record Group(
            ScriptValue parameters,
            ScriptValue gradients,
            ScriptValue first,
            ScriptValue second,
            ScriptValue steps,
            double weightDecay,
            double rateFactor)
            implements AutoCloseable {
        @Override
        public void close() {
            List.of(parameters, gradients, first, second, steps).forEach(ScriptValue::close);
        }
    }

    /** State of all parameters. */
    public OptimizerState(NDManager parent, ParameterSet parameters, OptimizerConfiguration configuration) {
        this(
                parent,
                parameters,
                configuration,
                new GradientSum(parameters, Ranks.alone()),
                HeldParameters.whole(parameters));
    }

    /**
     * State of this rank's own elements, which all take the learning rate as it is.
     *
     * @param sum says which these are; before an update their gradients hold the sum over all ranks
     * @param held what the parameters are of the tensors that are saved
     */
    public OptimizerState(
            NDManager parent,
            ParameterSet parameters,
            OptimizerConfiguration configuration,
            GradientSum sum,
            HeldParameters held) {
        this(parent, parameters, configuration, sum, held, Collections.emptySortedMap());
    }

    /**
     * State of this rank's own elements.
     *
     * @param sum says which these are; before an update their gradients hold the sum over all ranks
     * @param held what the parameters are of the tensors that are saved
     * @param rateFactors factors of the learning rate by parameter; those not named take the rate as it is
     */
    // Six parameters, as each is a source of what an update is.
    OptimizerState(
            NDManager parent,
            ParameterSet parameters,
            OptimizerConfiguration configuration,
            GradientSum sum,
            HeldParameters held,
            SortedMap<String, Double> rateFactors) {
        this.held = held;
        this.configuration = configuration;
        this.parameters = parameters;
        this.sum = sum;
        List<OwnedRange> owned = sum.owned();
        firstMoments = new OwnedValues(parent, FIRST, owned, held);
        secondMoments = new OwnedValues(parent, SECOND, owned, held);
        scope = parent.newSubManager();
        number = EngineMemory.array(scope, new Shape(), 0f);
        divisor = EngineMemory.array(scope, new Shape(), 1f);
        groups = groups(owned, rateFactors);
        all = ScriptValue.of(parameters.shapes().stream()
                .map(ParameterShape::name)
                .map(parameters::gradientArray)
                .toList());
    }

    /** Those that take the rate as it is first, then by factor: without factors the two groups that there are without a width. */
    private List<Group> groups(List<OwnedRange> owned, SortedMap<String, Double> rateFactors) {
        SortedMap<Double, List<OwnedRange>> byFactor = new TreeMap<>(Comparator.reverseOrder());
        byFactor.put(1.0, new ArrayList<>());
        owned.forEach(range -> byFactor.computeIfAbsent(
                        rateFactors.getOrDefault(range.parameter().name(), 1.0), factor -> new ArrayList<>())
                .add(range));
        List<Group> made = new ArrayList<>();
        byFactor.forEach((factor, ranges) -> {
            Map<Boolean, List<OwnedRange>> split =
                    ranges.stream().collect(Collectors.partitioningBy(range -> isDecayed(range.parameter())));
            List<OwnedRange> decayed = Objects.requireNonNull(split.get(true));
            List<OwnedRange> others = Objects.requireNonNull(split.get(false));
            if (factor == 1 || !decayed.isEmpty()) {
                made.add(group(decayed, configuration.weightDecay(), factor));
            }
            if (factor == 1 || !others.isEmpty()) {
                made.add(group(others, 0, factor));
            }
        });
        return List.copyOf(made);
    }

    private Group group(List<OwnedRange> ranges, double weightDecay, double rateFactor) {
        return new Group(
                ScriptValue.of(arrays(ranges, parameters::weightRange)),
                ScriptValue.of(arrays(ranges, parameters::gradientRange)),
                ScriptValue.of(firstMoments.arrays(ranges)),
                ScriptValue.of(secondMoments.arrays(ranges)),
                ScriptValue.of(Collections.nCopies(ranges.size(), number)),
                weightDecay,
                rateFactor);
    }

    /** Consecutive elements of a parameter. */
    @FunctionalInterface
    private interface RangeView {
        NDArray of(String name, long first, long count);
    }

    private static List<NDArray> arrays(List<OwnedRange> ranges, RangeView view) {
        return ranges.stream()
                .map(range -> view.of(range.parameter().name(), range.first(), range.count()))
                .toList();
    }

    /** Matrices and convolutions are decayed; biases, norms and tables are not. */
    static boolean isDecayed(ParameterShape shape) {
        return shape.shape().dimension() >= 2
                && !shape.name().endsWith("_table")
                && !shape.name().endsWith("_embedding");
    }

    /** Sets every gradient to zero. */
    public void clearGradients() {
        script.callUnrecorded("clear").with(all).run();
    }

    /** Global norm of the gradients as they stand; not finite as soon as one of them is not. */
    public double gradientNorm() {
        try (NDManager local = scope.newSubManager()) {
            double sum = 0;
            for (float norm :
                    script.callUnrecorded("norms").with(all).one(local).toFloatArray()) {
                sum += (double) norm * norm;
            }
            return Math.sqrt(sum);
        }
    }

    /**
     * Does one update in place, of parameters and moments.
     *
     * @param update from 1; decides the bias correction
     * @param rate learning rate
     * @param gradientScale factor on every gradient, at most 1
     */
    public void update(long update, double rate, double gradientScale) {
        EngineMemory.floats(number).put(0, update);
        EngineMemory.floats(divisor).put(0, (float) (1 / gradientScale));
        for (Group group : groups) {
            script.callUnrecorded("update")
                    .with(group.parameters())
                    .with(group.gradients())
                    .with(group.first())
                    .with(group.second())
                    .with(group.steps())
                    .with(divisor)
                    .with(gradientScale < 1)
                    .with(rate * group.rateFactor())
                    .with(configuration.beta1())
                    .with(configuration.beta2())
                    .with(configuration.epsilon())
                    .with(group.weightDecay())
                    .run();
        }
    }

    /** This rank's own elements of the moments, as a checkpoint takes them; those of all ranks make up the whole. */
    @Override
    public List<CheckpointPart> parts(String group) {
        List<CheckpointPart> parts = new ArrayList<>(firstMoments.parts(group));
        parts.addAll(secondMoments.parts(group));
        return parts;
    }

    /** The same of the parameters, which every rank holds whole: each writes its share. */
    List<CheckpointPart> parameterParts(String group) {
        List<CheckpointPart> parts = new ArrayList<>();
        for (OwnedRange range : saved()) {
            FloatBuffer values = parameters.values(range.parameter().name());
            for (HeldSlice each : held.slices(range)) {
                parts.add(CheckpointPart.of(
                        group, each.slice(), values.slice(Math.toIntExact(each.first()), length(each))));
            }
        }
        return parts;
    }

    /** Of values that several ranks of a replica hold, one writes. */
    private List<OwnedRange> saved() {
        return sum.owned().stream()
                .filter(range -> held.counts(range.parameter().name()))
                .toList();
    }

    private static int length(HeldSlice slice) {
        return Math.toIntExact(slice.slice().count());
    }

    /** Takes this rank's own elements from a checkpoint's moments, whatever ranks it was written by. */
    @Override
    public void read(TensorSource tensors) {
        List<ParameterShape> expected = new ArrayList<>(firstMoments.shapes());
        expected.addAll(secondMoments.shapes());
        tensors.requireExactly(expected);
        firstMoments.read(tensors);
        secondMoments.read(tensors);
    }

    @Override
    public void close() {
        all.close();
        groups.forEach(Group::close);
        script.close();
        scope.close();
        firstMoments.close();
        secondMoments.close();
    }
}
