package dev.mugv.model.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptCall;
import dev.mugv.model.tensor.ScriptModule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The four nets of the VideoVAE as functions of a batch of frames or chunks; every intermediate value that nothing records is
 * freed inside the native call as soon as it was used.
 *
 * <p>Trainable weights are used as they are, recorded for a backward pass or not as the calling thread's mode says. Frozen
 * weights are packed when their net is first used ({@code video_vae.py} says how): no call then spends time on rearranging
 * them, features stay channels-last, and the normalisation and its activation are one pass. Weights that change after that
 * are not seen, and nothing may be recorded.
 *
 * <p>N counts frames (2D nets) or chunks and windows (3D nets); results belong to the scope given.
 */
final class VaeNets implements AutoCloseable {
    private final int layersPerBlock;
    private final boolean packed;
    private final ScriptModule script;
    private final ParameterSet trained;
    private final NDManager packedWeights;
    private final Net spatialEncoder;
    private final Net temporalEncoder;
    private final Net temporalDecoder;
    private final Net spatialDecoder;

    /**
     * @param scope owns packed weights until these nets are closed
     * @param trained weights of the shapes, trainable or frozen
     */
    VaeNets(NDManager scope, VaeParameters shapes, ParameterSet trained) {
        layersPerBlock = shapes.size().layersPerBlock();
        packed = !trained.isTrainable();
        script = ScriptArchive.ofResource(VaeNets.class, "video_vae.py").load();
        this.trained = trained;
        packedWeights = scope.newSubManager();
        spatialEncoder = new Net("spatial_encoder", shapes.spatialEncoder());
        temporalEncoder = new Net("temporal_encoder", shapes.temporalEncoder());
        temporalDecoder = new Net("temporal_decoder", shapes.temporalDecoder());
        spatialDecoder = new Net("spatial_decoder", shapes.spatialDecoder());
    }

    /** A method of the script and its weights as it takes them, in the order of execution. */
    private final class Net {
        private final String method;
        private final List<String> names;
        private @Nullable NDList weights;

        Net(String method, List<String> names) {
            this.method = method;
            this.names = names;
        }

        ScriptCall call(NDArray input) {
            if (packed && Autograd.isRecording()) {
                throw new IllegalStateException(
                        method + " has packed weights: expected a call that is not recorded, found a recorded one");
            }
            if (weights == null) {
                weights = packed ? pack() : trained.get(names);
            }
            return script.call(method).with(input).with(weights);
        }

        private NDList pack() {
            NDList list = new NDList(names.size());
            for (String name : names) {
                NDArray weight = trained.get(name);
                String packing = packing(name, weight.getShape().dimension());
                list.add(
                        packing.isEmpty()
                                ? weight
                                : script.call(packing).with(weight).one(packedWeights));
            }
            return list;
        }
    }

    /** Method that packs a parameter; empty for one that is used as it is. */
    private static String packing(String name, int axes) {
        if (name.contains("upsamplers") && axes == 4) {
            return "pack_upsampler";
        }
        // Only the decoder's layers of this name double time.
        if (name.contains("decoder.conv_blocks")) {
            return axes == 5 ? "pack_time_doubler" : "halves_first";
        }
        return switch (axes) {
            case 4 -> "pack_2d";
            case 5 -> "pack_3d";
            default -> "";
        };
    }

    /** Pixels in [-1, 1] to 2D features at an eighth of the size. */
    NDArray features(NDManager scope, NDArray pixel_NCHW) {
        return spatialEncoder.call(pixel_NCHW).with(layersPerBlock).with(packed).one(scope);
    }

    /** Chunks of 8 feature frames to 48 moments of one latent each. */
    NDArray moments(NDManager scope, NDArray feature_NCFHW) {
        return temporalEncoder.call(feature_NCFHW).with(packed).one(scope);
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
        return temporalDecoder.call(latent_NCFHW).with(packed).one(scope);
    }

    /** Features to pixels, not clipped. */
    NDArray pixels(NDManager scope, NDArray feature_NCHW) {
        return spatialDecoder
                .call(feature_NCHW)
                .with(layersPerBlock)
                .with(packed)
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
        packedWeights.close();
        script.close();
    }
}
