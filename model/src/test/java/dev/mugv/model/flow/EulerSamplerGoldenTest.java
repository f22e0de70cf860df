package dev.mugv.model.flow;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.dit.DitCondition;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.tensor.WeightFormula;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EulerSamplerGoldenTest {
    private static final DitSize SIZE = new DitSize(144, 2, 64, 9);
    private static final TimestepShift SHIFT = TimestepShift.of(720, 1280, 3);

    private final NDManager scope = TorchRuntime.start(1).newScope();

    @AfterEach
    void closeScope() {
        scope.close();
    }

    @Test
    void makesThePublishedSample() {
        try (SafetensorsFile golden = Golden.open("sampler-tiny");
                ParameterSet parameters = ParameterSet.frozen(scope, DitParameters.shapes(SIZE));
                DiffusionTransformer model = new DiffusionTransformer(SIZE, parameters);
                EulerSampler sampler = new EulerSampler(model, 5, 4.0)) {
            WeightFormula.fill(parameters);
            float[] timesteps = golden.floats("timesteps");
            for (int i = 0; i < timesteps.length; i++) {
                assertThat(sampler.timestep(i, SHIFT) * DitCondition.PURE_NOISE)
                        .isCloseTo(timesteps[i], org.assertj.core.data.Offset.offset(1e-3));
            }
            SamplingRequest request = request(golden, 0);
            NDArray sample = sampler.sample(request, scope);
            Golden.requireClose("sample", sample, golden.floats("out"), Golden.OUTPUT);
            // The first sample has filled the model's tables; another leaves its result and nothing else.
            int arrays = scope.getManagedArrays().size();
            NDArray again = sampler.sample(request, scope);
            assertThat(scope.getManagedArrays().size()).isEqualTo(arrays + 1);
            assertThat(again.toFloatArray()).containsExactly(sample.toFloatArray());
            assertThat(sample.get(":, :, 0").toFloatArray())
                    .containsExactly(golden.array(scope, "z").get(":, :, 0").toFloatArray());
        }
    }

    @Test
    void startsFromALaterStepOnAPartlyNoisedLatent() {
        try (SafetensorsFile golden = Golden.open("sampler-tiny");
                ParameterSet parameters = ParameterSet.frozen(scope, DitParameters.shapes(SIZE));
                DiffusionTransformer model = new DiffusionTransformer(SIZE, parameters);
                EulerSampler sampler = new EulerSampler(model, 5, 1.0)) {
            SamplingRequest request = request(golden, 4);
            // With all weights zero the velocity is zero, so what comes out is what sampling started from.
            double t = sampler.timestep(4, SHIFT);
            NDArray expected =
                    request.latent_BCFHW().mul(1 - t).add(request.noise_BCFHW().mul(t));
            NDArray sample = sampler.sample(request, scope);
            Golden.requireClose(
                    "start", sample.get(":, :, 1:"), expected.get(":, :, 1:").toFloatArray(), Golden.OUTPUT);
            assertThat(request.text_SD().getManager().isOpen()).isTrue();
        }
    }

    private SamplingRequest request(SafetensorsFile golden, int startStep) {
        long[] lengths = golden.longs("text_lengths");
        return new SamplingRequest(
                golden.array(scope, "z"),
                golden.array(scope, "randn.0"),
                Set.of(0),
                golden.array(scope, "y_cond").get("0, 0, 0:" + lengths[0]),
                golden.array(scope, "y_neg").get("0, 0, 0:" + lengths[1]),
                DitCondition.consecutive(3),
                30,
                SHIFT,
                startStep);
    }
}
