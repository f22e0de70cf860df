package dev.mugv.model.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptModule;

/**
 * The four nets of the VideoVAE as functions of a batch of frames or chunks. Recorded for a backward pass or not as the
 * calling thread's mode says; unrecorded, every intermediate value is freed inside the native call as soon as it was used.
 *
 * <p>N counts frames (2D nets) or chunks and windows (3D nets); results belong to the scope given.
 */
final class VaeNets implements AutoCloseable {
    private final int layersPerBlock;
    private final ScriptModule script;
    private final NDList spatialEncoder;
    private final NDList temporalEncoder;
    private final NDList temporalDecoder;
    private final NDList spatialDecoder;

    VaeNets(VaeParameters shapes, ParameterSet trained) {
        layersPerBlock = shapes.size().layersPerBlock();
        spatialEncoder = trained.get(shapes.spatialEncoder());
        temporalEncoder = trained.get(shapes.temporalEncoder());
        temporalDecoder = trained.get(shapes.temporalDecoder());
        spatialDecoder = trained.get(shapes.spatialDecoder());
        script = ScriptArchive.ofResource(VaeNets.class, "video_vae.py").load();
    }

    /** Pixels in [-1, 1] to 2D features at an eighth of the size. */
    NDArray features(NDManager scope, NDArray pixel_NCHW) {
        return script.call("spatial_encoder")
                .with(pixel_NCHW)
                .with(spatialEncoder)
                .with(layersPerBlock)
                .one(scope);
    }

    /** Chunks of 8 feature frames to 48 moments of one latent each. */
    NDArray moments(NDManager scope, NDArray feature_NCFHW) {
        return script.call("temporal_encoder")
                .with(feature_NCFHW)
                .with(temporalEncoder)
                .one(scope);
    }

    NDArray mean(NDManager scope, NDArray moment_NCFHW) {
        return script.call("mean").with(moment_NCFHW).one(scope);
    }

    /** Clamped to [-30, 20]. */
    NDArray logVariance(NDManager scope, NDArray moment_NCFHW) {
        return script.call("log_variance").with(moment_NCFHW).one(scope);
    }

    /** Mean plus standard deviation times noise. */
    NDArray sample(NDManager scope, NDArray moment_NCFHW, NDArray noise_NCFHW) {
        return script.call("sample").with(moment_NCFHW).with(noise_NCFHW).one(scope);
    }

    /** Windows of latents, not normalised, to 8 feature frames a latent. */
    NDArray decodedFeatures(NDManager scope, NDArray latent_NCFHW) {
        return script.call("temporal_decoder")
                .with(latent_NCFHW)
                .with(temporalDecoder)
                .one(scope);
    }

    /** Features to pixels, not clipped. */
    NDArray pixels(NDManager scope, NDArray feature_NCHW) {
        return script.call("spatial_decoder")
                .with(feature_NCHW)
                .with(spatialDecoder)
                .with(layersPerBlock)
                .one(scope);
    }

    /** Total loss, squared error, absolute error and KL divergence as one vector. */
    NDArray loss(NDManager scope, NDList pixelDecodedMoments, double l1Weight, double klWeight) {
        return script.call("loss")
                .with(pixelDecodedMoments.get(0))
                .with(pixelDecodedMoments.get(1))
                .with(pixelDecodedMoments.get(2))
                .with(l1Weight)
                .with(klWeight)
                .one(scope);
    }

    @Override
    public void close() {
        script.close();
    }
}
