package dev.mugv.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.SamplerConfiguration;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.flow.EulerSampler;
import dev.mugv.model.flow.Guidance;
import dev.mugv.model.flow.SamplingRequest;
import dev.mugv.model.flow.TimestepShift;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.EngineMemory;
import java.nio.FloatBuffer;
import java.util.function.IntConsumer;

/** From start noise to the latents of a video. */
public final class LatentSampling implements AutoCloseable {
    private static final int FROM_PURE_NOISE = 0;

    private final EulerSampler sampler;

    /**
     * @param model stays the caller's
     */
    public LatentSampling(DiffusionTransformer model, SamplerConfiguration configuration) {
        this.sampler = new EulerSampler(model, configuration.steps(), Guidance.of(configuration));
    }

    /**
     * Makes a video's latents, given ones among them.
     *
     * @param progress is told after every step how many are done
     * @return latent_BCFHW in the scope, B = 1
     * @throws WorkFailure of kind {@link FailureKind#DIVERGED} if they are not finite
     */
    public NDArray sample(GenerationRequest request, LatentCondition condition, NDManager scope, IntConsumer progress) {
        try (NDManager local = scope.newSubManager()) {
            NDArray sample = sampler.sample(
                    new SamplingRequest(
                            condition.latent_BCFHW(),
                            noise(request, condition.latent_BCFHW().getShape(), local),
                            condition.cleanFrames(),
                            request.prompt().text_SD(),
                            request.prompt().negative_SD(),
                            request.frameIndices(),
                            request.shape().fps(),
                            TimestepShift.of(request.shape()),
                            FROM_PURE_NOISE),
                    local,
                    progress);
            requireFinite(request, sample);
            sample.attach(scope);
            return sample;
        }
    }

    private static NDArray noise(GenerationRequest request, Shape shape, NDManager scope) {
        NDArray noise_BCFHW = scope.zeros(shape);
        request.noise().fillGaussian(EngineMemory.floats(noise_BCFHW));
        return noise_BCFHW;
    }

    private static void requireFinite(GenerationRequest request, NDArray sample) {
        FloatBuffer values = EngineMemory.floats(sample);
        for (int i = 0; i < values.limit(); i++) {
            if (!Float.isFinite(values.get(i))) {
                throw new WorkFailure(
                        FailureKind.DIVERGED,
                        "Cannot generate '%s': element %d of its latent is %s. Check the checkpoint's losses and use an earlier one."
                                .formatted(request.name(), i, values.get(i)));
            }
        }
    }

    @Override
    public void close() {
        sampler.close();
    }
}
