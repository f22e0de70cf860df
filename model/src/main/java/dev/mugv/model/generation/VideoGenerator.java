package dev.mugv.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.SamplerConfiguration;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.vae.VideoVae;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes short videos, one after the other, with model and VideoVAE in memory (mugv.md, section 7.1). Text to video: noise is
 * sampled to latents, all of which are decoded. With given frames: these are encoded and stay clean while the other latents
 * are sampled; the others are decoded, and the given frames stand in their places.
 */
public final class VideoGenerator implements AutoCloseable {
    private final LatentSampling sampling;
    private final VideoVae vae;

    /**
     * @param model stays the caller's
     * @param vae stays the caller's
     */
    public VideoGenerator(DiffusionTransformer model, VideoVae vae, SamplerConfiguration configuration) {
        this.sampling = new LatentSampling(model, configuration);
        this.vae = vae;
    }

    /**
     * Makes one video; its latents live in the scope.
     *
     * @throws WorkFailure of kind {@link dev.mugv.model.run.FailureKind#DIVERGED} if the latents are not finite
     */
    public GeneratedVideo generate(GenerationRequest request, NDManager scope) {
        try (NDManager local = scope.newSubManager()) {
            LatentCondition condition = LatentCondition.of(request.given(), request.shape(), vae, local);
            NDArray sample = sampling.sample(request, condition, local, done -> {});
            List<RgbFrame> frames = new ArrayList<>(request.frames());
            new VideoAssembly(request, vae).forEach(sample, frames::add);
            sample.attach(scope);
            return new GeneratedVideo(sample, frames);
        }
    }

    @Override
    public void close() {
        sampling.close();
    }
}
