package dev.mugv.model.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
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
 * them, features stay channels-last, the normalisation and its activation are one pass, and a call takes one sample of the
 * batch after the other. Weights that change after that are not seen, and nothing may be recorded.
 *
 * <p>N counts frames (2D nets) or chunks and windows (3D nets); results belong to the scope given.
 */
final class VaeNets implements AutoCloseable {
    private final boolean packed;
    private final ScriptModule script;
    private final ParameterSet trained;
    private final NDManager packedWeights;
    private final Net spatialEncoder;
    private final Net temporalEncoder;
    private final Net temporalDecoder;
    private final Net spatialDecoder;
    private final Net spatialDecoderBody;
    private final Net spatialDecoderEnd;

    /**
     * @param scope owns packed weights until these nets are closed
     * @param trained weights of the shapes, trainable or frozen
     */
    VaeNets(NDManager scope, VaeParameters shapes, ParameterSet trained) {
        packed = !trained.isTrainable();
        script = ScriptArchive.ofResource(VaeNets.class, "video_vae.py").load();
        this.trained = trained;
        packedWeights = scope.newSubManager();
        int layers = shapes.size().layersPerBlock();
        spatialEncoder = new Net("spatial_encoder", shapes.spatialEncoder(), layers);
        temporalEncoder = new Net("temporal_encoder", shapes.temporalEncoder());
        temporalDecoder = new Net("temporal_decoder", shapes.temporalDecoder());
        spatialDecoder = new Net("spatial_decoder", shapes.spatialDecoder(), layers);
        spatialDecoderBody = new Net("spatial_decoder_body", shapes.spatialDecoder(), layers);
        spatialDecoderEnd = new Net("spatial_decoder_end", shapes.spatialDecoder());
    }

    /** Weights as a net's method takes them, in the order of execution: see the top of {@code video_vae.py}. */
    private record Weights(NDList whole, NDList side) {}

    /** A method of the script with its weights and the numbers that it takes behind them. */
    private final class Net {
        private final String method;
        private final List<String> names;
        private final long[] numbers;
        private @Nullable Weights weights;

        Net(String method, List<String> names, long... numbers) {
            this.method = method;
            this.names = names;
            this.numbers = numbers;
        }

        NDArray of(NDManager scope, NDArray input_N) {
            if (packed && Autograd.isRecording()) {
                throw new IllegalStateException(
                        method + " has packed weights: expected a call that is not recorded, found a recorded one");
            }
            if (weights == null) {
                weights = packed ? pack(names) : new Weights(trained.get(names), new NDList());
            }
            long samples = input_N.getShape().get(0);
            if (!packed || samples == 1) {
                return call(scope, input_N, weights);
            }
            try (NDManager local = scope.newSubManager()) {
                NDList outputs = new NDList();
                for (long sample = 0; sample < samples; sample++) {
                    NDArray one = input_N.get(new NDIndex("{}:{}", sample, sample + 1));
                    one.attach(local);
                    outputs.add(call(local, one, weights));
                }
                NDArray output_N = NDArrays.concat(outputs);
                output_N.attach(scope);
                return output_N;
            }
        }

        private NDArray call(NDManager scope, NDArray input_N, Weights weights) {
            ScriptCall call =
                    script.call(method).with(input_N).with(weights.whole).with(weights.side);
            for (long number : numbers) {
                call.with(number);
            }
            return call.one(scope);
        }
    }

    private Weights pack(List<String> names) {
        NDArray none = packedWeights.create(new Shape(0));
        NDList whole = new NDList(names.size());
        NDList side = new NDList(2 * names.size());
        for (String name : names) {
            NDArray weight = trained.get(name);
            String packing = packing(name, weight.getShape().dimension());
            NDList parts = packing.isEmpty()
                    ? new NDList(weight)
                    : script.call(packing).with(weight).all(packedWeights);
            whole.add(parts.get(0));
            side.add(parts.size() > 1 ? parts.get(1) : none);
            side.add(parts.size() > 1 ? parts.get(2) : none);
        }
        return new Weights(whole, side);
    }

    /** Method that packs a parameter; empty for one that is used as it is. */
    private static String packing(String name, int axes) {
        // Only the decoder's layers of this name double time.
        if (name.contains("decoder.conv_blocks")) {
            return axes == 5 ? "pack_time_doubler" : "halves_first";
        }
        return switch (axes) {
            case 4 ->
                name.contains("upsamplers")
                        ? "pack_upsampler"
                        : name.contains("downsamplers") ? "pack_whole" : "pack_2d";
            case 5 -> "pack_3d";
            default -> "";
        };
    }

    /** Pixels in [-1, 1] to 2D features at an eighth of the size. */
    NDArray features(NDManager scope, NDArray pixel_NCHW) {
        return spatialEncoder.of(scope, pixel_NCHW);
    }

    /** Chunks of 8 feature frames to 48 moments of one latent each. */
    NDArray moments(NDManager scope, NDArray feature_NCFHW) {
        return temporalEncoder.of(scope, feature_NCFHW);
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
        return temporalDecoder.of(scope, latent_NCFHW);
    }

    /** Features to pixels, not clipped. */
    NDArray pixels(NDManager scope, NDArray feature_NCHW) {
        return spatialDecoder.of(scope, feature_NCHW);
    }

    /** Features to what {@link #lastLayer} makes pixels of. */
    NDArray lastFeatures(NDManager scope, NDArray feature_NCHW) {
        return spatialDecoderBody.of(scope, feature_NCHW);
    }

    /** The decoder's last layer: pixels, not clipped. */
    NDArray lastLayer(NDManager scope, NDArray last_NCHW) {
        return spatialDecoderEnd.of(scope, last_NCHW);
    }

    @Override
    public void close() {
        packedWeights.close();
        script.close();
    }
}
