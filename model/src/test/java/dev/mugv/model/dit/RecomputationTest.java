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
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TorchRuntime;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecomputationTest {
    private static final DitSize SIZE = new DitSize(144, 3, 16, 8);
    private static final Shape LATENT = new Shape(2, 24, 2, 5, 6);

    @ParameterizedTest
    @EnumSource(ComputePrecision.class)
    void gradientsHaveTheSameBitsWhateverIsWorkedOutAgain(ComputePrecision precision) {
        Map<String, float[]> kept = gradients(new Computation(precision, Recomputation.NONE));
        assertThat(kept.get("blocks.0.attn.q_norm.weight")).doesNotContain(0f);
        for (Recomputation other : new Recomputation[] {Recomputation.SELECTIVE, Recomputation.BLOCK}) {
            Map<String, float[]> found = gradients(new Computation(precision, other));
            kept.forEach((name, gradient) ->
                    assertThat(found.get(name)).as("%s, %s", other, name).isEqualTo(gradient));
        }
    }

    @Test
    void passesThatWorkOutBlocksAgainLeaveNoArraysBehind() {
        try (NDManager scope = TorchRuntime.start(1).newScope();
                ParameterSet parameters = ParameterSet.trainable(scope, DitParameters.shapes(SIZE))) {
            DitParameters.initialise(parameters, 1);
            DiffusionTransformer model = model(parameters, new Computation(ComputePrecision.FP32, Recomputation.BLOCK));
            try (TransformerPasses passes = new TransformerPasses(scope, model, LATENT, 3, 8)) {
                passes.forwardAndBackward(scope);
                int arrays = scope.getManagedArrays().size();
                passes.forwardAndBackward(scope);
                assertThat(scope.getManagedArrays()).hasSize(arrays);
            }
        }
    }

    private static DiffusionTransformer model(ParameterSet parameters, Computation computation) {
        return new DiffusionTransformer(
                ModelShare.whole(SIZE), DitWeights.of(parameters), computation, ModelRanks.ALONE);
    }

    private static Map<String, float[]> gradients(Computation computation) {
        try (NDManager scope = TorchRuntime.start(1).newScope();
                ParameterSet parameters = ParameterSet.trainable(scope, DitParameters.shapes(SIZE))) {
            DitParameters.initialise(parameters, 1);
            // At first nothing that a block adds has any size; here every part counts.
            for (ParameterShape shape : parameters.shapes()) {
                FloatBuffer values = parameters.values(shape.name());
                CounterNoise noise = CounterNoise.of(2, "more", CounterNoise.counter(shape.name()));
                for (int i = 0; i < values.limit(); i++) {
                    values.put(i, values.get(i) + 0.05f * (float) noise.gaussian(i));
                }
            }
            DiffusionTransformer model = model(parameters, computation);
            try (TransformerPasses passes = new TransformerPasses(scope, model, LATENT, 3, 8)) {
                passes.forwardAndBackward(scope);
                Map<String, float[]> gradients = new LinkedHashMap<>();
                parameters
                        .shapes()
                        .forEach(
                                shape -> gradients.put(shape.name(), Golden.floats(parameters.gradient(shape.name()))));
                return gradients;
            }
        }
    }
}
