package dev.mugv.model.dit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.Recomputation;
import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterSet.Placement;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TorchRuntime;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A device that is not the host's memory: here the processor stands in for it, with copies as a GPU would have them. */
class MirroredWeightsTest {
    private static final DitSize SIZE = new DitSize(144, 2, 16, 8);
    private static final Shape LATENT = new Shape(2, 24, 2, 5, 6);

    @ParameterizedTest
    @EnumSource(ComputePrecision.class)
    void aModelThatComputesWithCopiesGivesTheHostTheSameGradients(ComputePrecision precision) {
        assertThat(twoUpdates(Placement.MIRRORED, precision)).isEqualTo(twoUpdates(Placement.HOST, precision));
    }

    @Test
    void gradientsComeWithThePieceThatIsComplete() {
        try (NDManager scope = TorchRuntime.start(1).newScope();
                ParameterSet parameters =
                        ParameterSet.trainable(scope, DitParameters.shapes(SIZE), Placement.MIRRORED)) {
            fill(parameters);
            DiffusionTransformer model = model(parameters, ComputePrecision.FP32);
            List<String> told = new ArrayList<>();
            try (TransformerPasses passes = new TransformerPasses(scope, model, LATENT, 3, 8)) {
                passes.forwardAndBackward(scope);
                assertThat(norm(parameters, "")).isZero();
                model.whenComplete(told::add).accept("blocks.1.");
                assertThat(norm(parameters, "blocks.1.")).isPositive();
                assertThat(norm(parameters, "blocks.0.")).isZero();
                double before = norm(parameters, "blocks.1.");
                model.sumSharedGradients();
                // What has come is not counted again.
                assertThat(norm(parameters, "blocks.1.")).isEqualTo(before);
                assertThat(norm(parameters, "blocks.0.")).isPositive();
                assertThat(norm(parameters, "x_embedder.")).isPositive();
            }
            assertThat(told).containsExactly("blocks.1.");
        }
    }

    /** Gradients of two passes that the host sums, and of one after its values changed. */
    private static Map<String, List<Float>> twoUpdates(Placement placement, ComputePrecision precision) {
        try (NDManager scope = TorchRuntime.start(1).newScope();
                ParameterSet parameters = ParameterSet.trainable(scope, DitParameters.shapes(SIZE), placement)) {
            fill(parameters);
            DiffusionTransformer model = model(parameters, precision);
            Map<String, List<Float>> gradients = new LinkedHashMap<>();
            try (TransformerPasses passes = new TransformerPasses(scope, model, LATENT, 3, 8)) {
                passes.forwardAndBackward(scope);
                model.sumSharedGradients();
                collect("first ", parameters, gradients);
                parameters.zeroGradients();
                for (FloatBuffer values : parameters.weightBuckets()) {
                    for (int i = 0; i < values.limit(); i++) {
                        values.put(i, 0.9f * values.get(i));
                    }
                }
                model.parametersChanged();
                passes.forwardAndBackward(scope);
                model.sumSharedGradients();
                collect("second ", parameters, gradients);
            }
            assertThat(gradients.get("first blocks.0.attn.q_norm.weight"))
                    .isNotEqualTo(gradients.get("second blocks.0.attn.q_norm.weight"))
                    .doesNotContain(0f, Float.NaN);
            return gradients;
        }
    }

    private static void collect(String when, ParameterSet parameters, Map<String, List<Float>> gradients) {
        for (ParameterShape shape : parameters.shapes()) {
            List<Float> values = new ArrayList<>();
            for (float value : Golden.floats(parameters.gradient(shape.name()))) {
                values.add(value);
            }
            gradients.put(when + shape.name(), values);
        }
    }

    private static double norm(ParameterSet parameters, String prefix) {
        double sum = 0;
        for (ParameterShape shape : parameters.shapes()) {
            if (shape.name().startsWith(prefix)) {
                for (float value : Golden.floats(parameters.gradient(shape.name()))) {
                    sum += Math.abs(value);
                }
            }
        }
        return sum;
    }

    private static DiffusionTransformer model(ParameterSet parameters, ComputePrecision precision) {
        return new DiffusionTransformer(
                ModelShare.whole(SIZE),
                DitWeights.of(parameters),
                new Computation(precision, Recomputation.NONE),
                ModelRanks.ALONE);
    }

    private static void fill(ParameterSet parameters) {
        DitParameters.initialise(parameters, SIZE.width(), 1);
        for (ParameterShape shape : parameters.shapes()) {
            FloatBuffer values = parameters.values(shape.name());
            CounterNoise noise = CounterNoise.of(2, "more", CounterNoise.counter(shape.name()));
            for (int i = 0; i < values.limit(); i++) {
                values.put(i, values.get(i) + 0.05f * noise.gaussian(i));
            }
        }
    }
}
