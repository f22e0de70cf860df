package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.kernels.AdamW;
import dev.mugv.kernels.GradientNorm;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.SafetensorsWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** AdamW over a parameter set, with moments that can be saved and restored. */
final class OptimizerState implements AutoCloseable {
    private static final String FIRST = "first-moment.";
    private static final String SECOND = "second-moment.";

    private record Item(AdamW.Tensor tensor, double weightDecay) {}

    private final ParameterSet parameters;
    private final ParameterSet firstMoments;
    private final ParameterSet secondMoments;
    private final AdamW adamW;
    private final List<Item> items = new ArrayList<>();

    OptimizerState(NDManager scope, ParameterSet parameters, OptimizerConfiguration configuration) {
        this.parameters = parameters;
        firstMoments = ParameterSet.frozen(scope, renamed(parameters, FIRST));
        secondMoments = ParameterSet.frozen(scope, renamed(parameters, SECOND));
        adamW = new AdamW(
                new AdamW.HyperParameters(configuration.beta1(), configuration.beta2(), configuration.epsilon()));
        for (ParameterShape shape : parameters.shapes()) {
            String name = shape.name();
            AdamW.Tensor tensor = new AdamW.Tensor(
                    parameters.values(name),
                    parameters.gradient(name),
                    firstMoments.values(FIRST + name),
                    secondMoments.values(SECOND + name));
            items.add(new Item(tensor, isDecayed(shape) ? configuration.weightDecay() : 0));
        }
    }

    /** Matrices and convolutions are decayed; biases, norms and tables are not. */
    static boolean isDecayed(ParameterShape shape) {
        return shape.shape().dimension() >= 2
                && !shape.name().endsWith("_table")
                && !shape.name().endsWith("_embedding");
    }

    /** Global norm of the gradients as they stand; not finite as soon as one of them is not. */
    double gradientNorm() {
        return GradientNorm.of(parameters.gradientBuckets());
    }

    void update(AdamW.Step step) {
        for (Item item : items) {
            adamW.update(item.tensor(), step, item.weightDecay());
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
        firstMoments.close();
        secondMoments.close();
    }

    private static List<ParameterShape> renamed(ParameterSet parameters, String prefix) {
        return parameters.shapes().stream()
                .map(shape -> new ParameterShape(prefix + shape.name(), shape.shape()))
                .toList();
    }
}
