package dev.mugv.model.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.SafetensorsWriter;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.tensor.ScriptValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * AdamW over a parameter set, with moments that can be saved and restored. All its arithmetic is the engine's, on the memory that
 * the sets own: nothing of a tensor passes through Java's heap.
 */
final class OptimizerState implements AutoCloseable {
    private static final String FIRST = "first-moment.";
    private static final String SECOND = "second-moment.";

    private final OptimizerConfiguration configuration;
    private final ParameterSet firstMoments;
    private final ParameterSet secondMoments;
    private final NDManager scope;
    private final NDArray number;
    private final NDArray divisor;
    private final ScriptModule script =
            ScriptArchive.ofResource(OptimizerState.class, "optimizer.py").load();
    private final Group all;
    private final List<Group> groups;

    /** Parameters of one weight decay with their state, as the script takes them. */
    private record Group(
            ScriptValue parameters,
            ScriptValue gradients,
            ScriptValue first,
            ScriptValue second,
            ScriptValue steps,
            double weightDecay)
            implements AutoCloseable {
        @Override
        public void close() {
            List.of(parameters, gradients, first, second, steps).forEach(ScriptValue::close);
        }
    }

    OptimizerState(NDManager parent, ParameterSet parameters, OptimizerConfiguration configuration) {
        this.configuration = configuration;
        firstMoments = ParameterSet.frozen(parent, renamed(parameters, FIRST));
        secondMoments = ParameterSet.frozen(parent, renamed(parameters, SECOND));
        scope = parent.newSubManager();
        number = EngineMemory.array(scope, new Shape(), 0f);
        divisor = EngineMemory.array(scope, new Shape(), 1f);
        List<String> decayed = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (ParameterShape shape : parameters.shapes()) {
            (isDecayed(shape) ? decayed : others).add(shape.name());
        }
        groups = List.of(group(parameters, decayed, configuration.weightDecay()), group(parameters, others, 0));
        all = group(parameters, names(parameters), 0);
    }

    private Group group(ParameterSet parameters, List<String> names, double weightDecay) {
        return new Group(
                ScriptValue.of(parameters.get(names)),
                ScriptValue.of(names.stream().map(parameters::gradientArray).toList()),
                ScriptValue.of(firstMoments.get(prefixed(FIRST, names))),
                ScriptValue.of(secondMoments.get(prefixed(SECOND, names))),
                ScriptValue.of(Collections.nCopies(names.size(), number)),
                weightDecay);
    }

    private static List<String> names(ParameterSet parameters) {
        return parameters.shapes().stream().map(ParameterShape::name).toList();
    }

    private static List<String> prefixed(String prefix, List<String> names) {
        return names.stream().map(name -> prefix + name).toList();
    }

    /** Matrices and convolutions are decayed; biases, norms and tables are not. */
    static boolean isDecayed(ParameterShape shape) {
        return shape.shape().dimension() >= 2
                && !shape.name().endsWith("_table")
                && !shape.name().endsWith("_embedding");
    }

    /** Sets every gradient to zero. */
    void clearGradients() {
        script.callUnrecorded("clear").with(all.gradients()).run();
    }

    /** Global norm of the gradients as they stand; not finite as soon as one of them is not. */
    double gradientNorm() {
        try (NDManager local = scope.newSubManager()) {
            double sum = 0;
            for (float norm : script.callUnrecorded("norms")
                    .with(all.gradients())
                    .one(local)
                    .toFloatArray()) {
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
    void update(long update, double rate, double gradientScale) {
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
                    .with(rate)
                    .with(configuration.beta1())
                    .with(configuration.beta2())
                    .with(configuration.epsilon())
                    .with(group.weightDecay())
                    .run();
        }
    }

    void write(Path file) {
        SafetensorsWriter writer = new SafetensorsWriter(Map.of());
        firstMoments.addTo(writer);
        secondMoments.addTo(writer);
        writer.write(file);
    }

    void read(Path file) {
        List<ParameterShape> expected = new ArrayList<>(firstMoments.shapes());
        expected.addAll(secondMoments.shapes());
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            tensors.requireExactly(expected);
            firstMoments.fill(tensors);
            secondMoments.fill(tensors);
        }
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

    private static List<ParameterShape> renamed(ParameterSet parameters, String prefix) {
        return parameters.shapes().stream()
                .map(shape -> new ParameterShape(prefix + shape.name(), shape.shape()))
                .toList();
    }
}
