package dev.mugv.model.dit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.kernels.collective.Elements;
import dev.mugv.model.config.AdapterConfiguration;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TorchRuntime;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The ways back that the scripts have written out, in fp64, against differences of the way there; with adapters and frozen parts. */
class GradientDifferencesTest {
    private static final DitSize SIZE = new DitSize(144, 2, 16, 8);
    private static final AdapterConfiguration ADAPTERS =
            new AdapterConfiguration(3, 6, AdapterConfiguration.LINEAR_LAYERS, AdapterConfiguration.Publication.MERGED);

    /** A central difference errs by a share of its step squared, here 1e-10, and by 1e-16 over the step. */
    private static final double STEP = 1e-5;

    private static final double TOLERANCE = 1e-7;

    private final NDManager scope = TorchRuntime.start(1).newScope();
    private DitInput input;
    private NDArray gradient_BCFHW;

    @BeforeEach
    void makeABatch() {
        Shape latent = new Shape(2, 24, 2, 3, 4);
        input = new DitInput(
                gaussian("latent", latent),
                gaussian("text", new Shape(11, 16)),
                List.of(
                        new DitCondition(600, 24, Set.of(0), DitCondition.consecutive(2), 3),
                        new DitCondition(200, 8, Set.of(), DitCondition.consecutive(2), 8)));
        gradient_BCFHW = gaussian("gradient", new Shape(2, 48, 2, 3, 4)).toType(DataType.FLOAT64, false);
    }

    @AfterEach
    void free() {
        scope.close();
    }

    @Test
    void everyParametersGradientIsTheSlopeAlongIt() {
        try (ParameterSet parameters = filled(DitParameters.shapes(SIZE));
                DiffusionTransformer model = model(DitWeights.of(parameters))) {
            requireSlopes(model, parameters);
        }
    }

    @Test
    void everyAdaptersGradientIsTheSlopeAlongIt() {
        try (ParameterSet frozen = filled(DitParameters.shapes(SIZE));
                ParameterSet adapters = filled(Adapters.shapes(SIZE, ADAPTERS));
                DiffusionTransformer model =
                        model(new DitWeights(adapters, Optional.of(frozen), Optional.of(ADAPTERS)))) {
            assertThat(adapters.shapes()).hasSize(2 * 7 * 2);
            requireSlopes(model, adapters);
        }
    }

    @Test
    void adaptersAddedToTheWeightsComputeTheSameAsApart() {
        try (ParameterSet weights = filled(DitParameters.shapes(SIZE));
                ParameterSet adapters = filled(Adapters.shapes(SIZE, ADAPTERS))) {
            DitWeights apart = new DitWeights(adapters, Optional.of(weights), Optional.of(ADAPTERS));
            double[] expected;
            try (DiffusionTransformer model = model(apart)) {
                expected = velocity(model);
            }
            double[] without;
            try (DiffusionTransformer model = model(DitWeights.of(weights))) {
                without = velocity(model);
            }
            Adapters.merge(apart);
            try (DiffusionTransformer model = model(DitWeights.of(weights))) {
                double[] merged = velocity(model);
                assertThat(difference(merged, expected)).isLessThan(1e-13);
                assertThat(difference(without, expected)).isGreaterThan(0.01);
            }
        }
    }

    @Test
    void whatIsNotFrozenKeepsItsGradientToTheBit() {
        Predicate<String> trained = name -> name.startsWith("blocks.1.attn.") || name.startsWith("blocks.0.mlp.");
        Map<String, double[]> whole;
        try (ParameterSet parameters = filled(DitParameters.shapes(SIZE));
                DiffusionTransformer model = model(DitWeights.of(parameters))) {
            whole = gradients(model, parameters);
        }
        try (ParameterSet part = filled(DitParameters.shapes(SIZE).stream()
                        .filter(shape -> trained.test(shape.name()))
                        .toList());
                ParameterSet frozen = ParameterSet.frozen(scope, shapesBut(trained), DataType.FLOAT64)) {
            frozen.shapes().forEach(shape -> fill(shape, frozen.get(shape.name())));
            try (DiffusionTransformer model = model(new DitWeights(part, Optional.of(frozen), Optional.empty()))) {
                Map<String, double[]> found = gradients(model, part);
                assertThat(found).hasSize(10);
                found.forEach((name, gradient) ->
                        assertThat(gradient).as(name).isEqualTo(whole.get(name)).doesNotContain(Double.NaN));
            }
        }
    }

    private static List<ParameterShape> shapesBut(Predicate<String> trained) {
        return DitParameters.shapes(SIZE).stream()
                .filter(shape -> !trained.test(shape.name()))
                .toList();
    }

    private static DiffusionTransformer model(DitWeights weights) {
        return new DiffusionTransformer(ModelShare.whole(SIZE), weights, Computation.PLAIN, ModelRanks.ALONE);
    }

    /** Along a direction of every parameter: what the gradient says, and what a step there and back says. */
    private void requireSlopes(DiffusionTransformer model, ParameterSet parameters) {
        Map<String, double[]> gradients = gradients(model, parameters);
        List<String> wrong = new ArrayList<>();
        gradients.forEach((name, gradient) -> {
            double[] direction = new double[gradient.length];
            CounterNoise noise = CounterNoise.of(9, "direction", CounterNoise.counter(name));
            double slope = 0;
            double size = 0;
            for (int i = 0; i < direction.length; i++) {
                direction[i] = noise.gaussian(i);
                slope += direction[i] * gradient[i];
                size += gradient[i] * gradient[i];
            }
            DoubleBuffer values = EngineMemory.elements(parameters.get(name)).doubles();
            double up = moved(model, values, direction, STEP);
            double down = moved(model, values, direction, -STEP);
            // The slope along one direction may be near zero by chance; the gradient's size says what is small.
            double error = Math.abs((up - down) / (2 * STEP) - slope) / Math.sqrt(size);
            if (!(error < TOLERANCE)) {
                wrong.add(name + ": " + error);
            }
        });
        assertThat(wrong).isEmpty();
    }

    private double moved(DiffusionTransformer model, DoubleBuffer values, double[] direction, double step) {
        double[] before = new double[direction.length];
        values.get(0, before);
        for (int i = 0; i < direction.length; i++) {
            values.put(i, before[i] + step * direction[i]);
        }
        double[] velocity = velocity(model);
        values.put(0, before);
        double[] gradient = gradient_BCFHW.toDoubleArray();
        double sum = 0;
        for (int i = 0; i < velocity.length; i++) {
            sum += gradient[i] * velocity[i];
        }
        return sum;
    }

    private double[] velocity(DiffusionTransformer model) {
        try (NDManager local = scope.newSubManager()) {
            return model.velocity(input, local).toDoubleArray();
        }
    }

    private Map<String, double[]> gradients(DiffusionTransformer model, ParameterSet parameters) {
        try (NDManager local = scope.newSubManager();
                ForwardPass pass = model.forward(input, local)) {
            pass.backward(gradient_BCFHW);
        }
        Map<String, double[]> gradients = new LinkedHashMap<>();
        parameters
                .shapes()
                .forEach(shape -> gradients.put(
                        shape.name(), parameters.gradientArray(shape.name()).toDoubleArray()));
        return gradients;
    }

    private ParameterSet filled(List<ParameterShape> shapes) {
        ParameterSet parameters = ParameterSet.trainable(scope, shapes, DataType.FLOAT64);
        shapes.forEach(shape -> fill(shape, parameters.get(shape.name())));
        return parameters;
    }

    /** Of a size at which every part of a block counts. */
    private static void fill(ParameterShape shape, NDArray array) {
        Elements elements = EngineMemory.elements(array);
        CounterNoise noise = CounterNoise.of(5, "parameters", CounterNoise.counter(shape.name()));
        boolean matrix = shape.shape().dimension() >= 2 && !shape.name().endsWith("table");
        double scale =
                matrix ? 0.7 / Math.sqrt(shape.size() / (double) shape.shape().get(0)) : 0.2;
        double offset = shape.name().endsWith("norm.weight") ? 1 : 0;
        for (int i = 0; i < elements.count(); i++) {
            elements.doubles().put(i, offset + scale * noise.gaussian(i));
        }
    }

    private NDArray gaussian(String purpose, Shape shape) {
        float[] values = new float[(int) shape.size()];
        CounterNoise.of(1, purpose).fillGaussian(values);
        return EngineMemory.array(scope, shape, values);
    }

    /** Norm of the difference over the norm of what is expected; NaN where either is. */
    private static double difference(double[] found, double[] expected) {
        double square = 0;
        double whole = 0;
        for (int i = 0; i < expected.length; i++) {
            square += (found[i] - expected[i]) * (found[i] - expected[i]);
            whole += expected[i] * expected[i];
        }
        return Math.sqrt(square / whole);
    }
}
