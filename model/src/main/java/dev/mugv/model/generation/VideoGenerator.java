package dev.mugv.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.SamplerConfiguration;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.dit.DitCondition;
import dev.mugv.model.flow.EulerSampler;
import dev.mugv.model.flow.SamplingRequest;
import dev.mugv.model.flow.TimestepShift;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.vae.FrameTensors;
import dev.mugv.model.vae.VideoVae;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Makes videos as the published pipeline does (mugv.md, section 7.1). Text to video: noise is sampled to latents, all of
 * which are decoded. Image to video: the picture, standing still for eight frames, is encoded to the first latent frame,
 * which stays clean while the others are sampled; the others are decoded, and the picture itself stands before them.
 */
public final class VideoGenerator implements AutoCloseable {
    private static final int CHANNELS = VaeSize.LATENT_CHANNELS;
    private static final int FRAMES_PER_LATENT = 8;

    private final EulerSampler sampler;
    private final VideoVae vae;

    /**
     * @param model stays the caller's
     * @param vae stays the caller's
     */
    public VideoGenerator(DiffusionTransformer model, VideoVae vae, SamplerConfiguration configuration) {
        this.sampler = new EulerSampler(model, configuration.steps(), configuration.guidance());
        this.vae = vae;
    }

    /**
     * Makes one video; its latents live in the scope.
     *
     * @throws WorkFailure of kind {@link FailureKind#DIVERGED} if the latents are not finite
     */
    public GeneratedVideo generate(GenerationRequest request, NDManager scope) {
        try (NDManager local = scope.newSubManager()) {
            NDArray sample = sampler.sample(samplingRequest(request, local), local);
            requireFinite(request, sample);
            List<RgbFrame> frames = decode(request, sample, local);
            int given = request.firstFrame().isPresent() ? 1 : 0;
            sample.attach(scope);
            return new GeneratedVideo(sample, frames, frames.size() - given);
        }
    }

    private SamplingRequest samplingRequest(GenerationRequest request, NDManager scope) {
        VideoShape shape = request.shape();
        Shape latent = new Shape(1, CHANNELS, shape.latentFrames(), shape.latentHeight(), shape.latentWidth());
        NDArray latent_BCFHW = scope.zeros(latent);
        request.firstFrame().ifPresent(frame -> {
            NDArray first_BCFHW = vae.encodeMean(scope, FrameTensors.source(List.of(frame)));
            latent_BCFHW.set(new NDIndex(":,:,0:1"), first_BCFHW);
        });
        return new SamplingRequest(
                latent_BCFHW,
                noise(request, latent, scope),
                request.firstFrame().isPresent() ? Set.of(0) : Set.of(),
                request.text_SD(),
                request.negative_SD(),
                DitCondition.consecutive(shape.latentFrames()),
                shape.fps(),
                TimestepShift.of(shape),
                0);
    }

    private static NDArray noise(GenerationRequest request, Shape shape, NDManager scope) {
        NDArray noise_BCFHW = scope.zeros(shape);
        request.noise().fillGaussian(EngineMemory.floats(noise_BCFHW));
        return noise_BCFHW;
    }

    private static void requireFinite(GenerationRequest request, NDArray sample) {
        float[] values = sample.toFloatArray();
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new WorkFailure(
                        FailureKind.DIVERGED,
                        "Cannot generate '%s': element %d of its latent is %s. Check the checkpoint's losses and use an earlier one."
                                .formatted(request.name(), i, values[i]));
            }
        }
    }

    private List<RgbFrame> decode(GenerationRequest request, NDArray sample, NDManager scope) {
        int latents = request.shape().latentFrames();
        double fps = request.shape().fps();
        List<RgbFrame> frames = new ArrayList<>();
        request.firstFrame().ifPresent(frame -> frames.add(frame.at(0, 0)));
        int given = frames.size();
        NDArray made = sample;
        if (given > 0) {
            made = sample.get(new NDIndex(":,:,1:"));
            made.attach(scope);
        }
        for (RgbFrame frame : vae.decodePictures(made, FRAMES_PER_LATENT * (latents - given), fps)) {
            frames.add(frame.at(frames.size(), frames.size() / fps));
        }
        return frames;
    }

    @Override
    public void close() {
        sampler.close();
    }
}
