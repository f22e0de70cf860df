package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.AdamW;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.kernels.GradientNorm;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.parallel.GradientSum;
import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.SafetensorsWriter;
import dev.mugv.model.tensor.TorchRuntime;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the same rule in plain Java, and against itself. */
class OptimizerStateTest {
    private static final OptimizerConfiguration CONFIGURATION =
            new OptimizerConfiguration(1e-2, 1e-3, 1, 0.9, 0.99, 1e-8, 0.1, 1);
    // A matrix (decayed), a table (not) and a scalar; neither side is a multiple of a vector register.
    private static final List<ParameterShape> SHAPES = List.of(
            new ParameterShape("matrix.weight", new Shape(37, 29)),
            new ParameterShape("scale_shift_table", new Shape(6, 5)),
            new ParameterShape("scalar", new Shape()));

    @TempDir
    Path folder;

    private final NDManager scope = TorchRuntime.start(1).newScope();
    private final ParameterSet parameters = filled();
    private final OptimizerState optimizer = new OptimizerState(scope, parameters, CONFIGURATION);

    @AfterEach
    void free() {
        optimizer.close();
        parameters.close();
        scope.close();
    }

    private ParameterSet filled() {
        ParameterSet set = ParameterSet.trainable(scope, SHAPES);
        SHAPES.forEach(shape ->
                CounterNoise.of(1, "p", CounterNoise.counter(shape.name())).fillGaussian(set.values(shape.name())));
        return set;
    }

    private void fillGradients(long update) {
        SHAPES.forEach(shape -> CounterNoise.of(update, "g", CounterNoise.counter(shape.name()))
                .fillGaussian(parameters.gradient(shape.name())));
    }

    @Test
    void updatesAsThePlainRuleDoesWithAndWithoutClipping() {
        AdamW plain = new AdamW(new AdamW.HyperParameters(0.9, 0.99, 1e-8));
        Map<String, AdamW.Tensor> tensors = new HashMap<>();
        SHAPES.forEach(shape -> tensors.put(shape.name(), tensor(shape)));
        for (long update = 1; update <= 20; update++) {
            fillGradients(update);
            double scale = update % 2 == 0 ? 0.3 : 1;
            for (ParameterShape shape : SHAPES) {
                AdamW.Tensor tensor = tensors.get(shape.name());
                tensor.gradient().put(0, parameters.gradient(shape.name()), 0, (int) shape.size());
                plain.update(tensor, new AdamW.Step(update, 1e-2, scale), OptimizerState.isDecayed(shape) ? 0.1 : 0);
            }
            optimizer.update(update, 1e-2, scale);
        }
        for (ParameterShape shape : SHAPES) {
            FloatBuffer expected = tensors.get(shape.name()).parameter();
            FloatBuffer found = parameters.values(shape.name());
            for (int i = 0; i < expected.limit(); i++) {
                // Twenty steps of about 0.01, each rounded in another order: some units in the last place of each.
                assertThat((double) found.get(i))
                        .as("%s[%d]", shape.name(), i)
                        .isCloseTo(expected.get(i), within(1e-5));
            }
        }
    }

    @Test
    void aFactorOfTheRateIsTheUpdateOfThatRateBitForBitAndOfOneIsNoFactor() {
        for (double factor : new double[] {1, 0.5, 1.0 / 3}) {
            // The same values and gradients three times: with a factor, with the rate times it, with the rate.
            float[] scaled = matrixAfter(new TreeMap<>(Map.of("matrix.weight", factor)), 1e-2);
            assertThat(scaled).isEqualTo(matrixAfter(new TreeMap<>(), 1e-2 * factor));
            if (factor != 1) {
                assertThat(scaled).isNotEqualTo(matrixAfter(new TreeMap<>(), 1e-2));
            }
        }
    }

    private float[] matrixAfter(SortedMap<String, Double> factors, double rate) {
        try (ParameterSet own = filled()) {
            GradientSum sum = new GradientSum(own, Ranks.alone());
            try (OptimizerState state =
                    new OptimizerState(scope, own, CONFIGURATION, sum, HeldParameters.whole(own), factors)) {
                for (long update = 1; update <= 3; update++) {
                    for (ParameterShape shape : SHAPES) {
                        CounterNoise.of(update, "g", CounterNoise.counter(shape.name()))
                                .fillGaussian(own.gradient(shape.name()));
                    }
                    state.update(update, rate, 1);
                }
            }
            float[] values = new float[37 * 29];
            own.values("matrix.weight").get(0, values);
            return values;
        }
    }

    private AdamW.Tensor tensor(ParameterShape shape) {
        int size = (int) shape.size();
        FloatBuffer copy = FloatBuffer.allocate(size);
        copy.put(0, parameters.values(shape.name()), 0, size);
        return new AdamW.Tensor(
                copy, FloatBuffer.allocate(size), FloatBuffer.allocate(size), FloatBuffer.allocate(size));
    }

    @Test
    void theNormIsOfAllGradientsAndShowsWhatIsNotFinite() {
        fillGradients(1);
        // Each parameter's norm is in fp32.
        assertThat(optimizer.gradientNorm() / GradientNorm.of(parameters.gradientBuckets()))
                .isCloseTo(1, within(1e-6));
        parameters.gradient("scale_shift_table").put(7, Float.NaN);
        assertThat(optimizer.gradientNorm()).isNaN();
        parameters.gradient("scale_shift_table").put(7, Float.NEGATIVE_INFINITY);
        assertThat(optimizer.gradientNorm()).isInfinite();
        optimizer.clearGradients();
        assertThat(optimizer.gradientNorm()).isZero();
    }

    @Test
    void stateReadBackGoesOnWithTheSameBits() {
        run(1, 5);
        Path weights = folder.resolve("weights.safetensors");
        Path state = folder.resolve("state.safetensors");
        parameters.write(weights, Map.of());
        SafetensorsWriter writer = new SafetensorsWriter(Map.of());
        optimizer
                .parts("optimizer")
                .forEach(part -> writer.add(part.slice().key(), part.slice().storedShape(), part.values()));
        writer.write(state);
        run(6, 9);
        String whole = parameters.sha256();
        try (ParameterSet resumed = ParameterSet.trainable(scope, SHAPES);
                OptimizerState other = new OptimizerState(scope, resumed, CONFIGURATION)) {
            resumed.read(weights);
            try (SafetensorsFile moments = SafetensorsFile.open(state)) {
                other.read(moments);
            }
            for (long update = 6; update <= 9; update++) {
                fillGradients(update);
                SHAPES.forEach(shape -> resumed.gradient(shape.name()).put(parameters.gradient(shape.name())));
                other.update(update, 1e-2, 0.7);
            }
            assertThat(resumed.sha256()).isEqualTo(whole);
        }
    }

    private void run(long first, long last) {
        for (long update = first; update <= last; update++) {
            fillGradients(update);
            optimizer.update(update, 1e-2, 0.7);
        }
    }
}
