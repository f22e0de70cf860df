package dev.mugv.model.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.archive.TensorFiles;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.AxisSizes;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.SafetensorsWriter;
import dev.mugv.model.tensor.TensorSource;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The VideoVAE (mugv.md, section 2): pixels in [-1, 1] to latents of 24 channels at an eighth of time, height and width,
 * and back. A 2D auto-encoder works frame by frame, a 3D one on its features: the encoder on independent chunks of 8 frames,
 * the decoder on windows of up to 6 latents.
 *
 * <p>Latents that this class takes and gives are normalised channel by channel, {@code (z - shift) / scale}, unless a method
 * says otherwise. Not safe for use by several threads.
 *
 * <p>Videos are walked through in time, so that the memory needed beside input and output does not depend on the length:
 * pixels come and go {@value #MICRO_BATCH} frames at a time, the 3D nets take 8 frames to encode and up to 48 to decode, and
 * of a VAE that is not trained the nets see one frame, chunk or window at a time. No picture is cut into tiles: every
 * norm and the attention see the frame as it is.
 */
public final class VideoVae implements AutoCloseable {
    private static final int MICRO_BATCH = 4;
    private static final int CHANNELS = VaeSize.LATENT_CHANNELS;

    private final VaeParameters shapes;
    private final ParameterSet trained;
    private final ParameterSet carried;
    private final VaeNets nets;

    /** A VAE of these weights, which become its own. */
    VideoVae(NDManager scope, VaeParameters shapes, ParameterSet trained, ParameterSet carried) {
        this.shapes = shapes;
        this.trained = trained;
        this.carried = carried;
        this.nets = new VaeNets(scope, shapes, trained);
    }

    /**
     * The moments of the posterior over latents, not normalised.
     *
     * @param mean_BCFHW mean
     * @param logVariance_BCFHW logarithm of the variance, clamped to [-30, 20]
     */
    public record Posterior(NDArray mean_BCFHW, NDArray logVariance_BCFHW) {}

    /**
     * A VAE to be used, not trained. Its size is read off the file's shapes.
     *
     * @param scope owns the weights until this VAE is closed
     * @param weights safetensors or .pt file with exactly the published state dict's keys
     * @throws WorkFailure INVALID_REQUEST naming keys or shapes that differ, or a value that is not finite; CORRUPT when the
     *     file is damaged
     */
    public static VideoVae load(NDManager scope, Path weights) {
        try (TensorSource file = TensorFiles.open(weights)) {
            VaeParameters shapes = VaeParameters.of(file);
            ParameterSet trained = ParameterSet.frozen(scope, shapes.trained());
            ParameterSet carried = ParameterSet.frozen(scope, shapes.carried());
            trained.fill(file);
            carried.fill(file);
            return new VideoVae(scope, shapes, trained, carried);
        }
    }

    /** A VAE to be trained: weights drawn from the seed, shift 0 and scale 1. */
    public static VideoVae untrained(NDManager scope, VaeSize size, long seed) {
        VaeParameters shapes = new VaeParameters(size);
        ParameterSet trained = ParameterSet.trainable(scope, shapes.trained());
        ParameterSet carried = ParameterSet.frozen(scope, shapes.carried());
        VaeInitialisation.drawTrained(trained, seed);
        VaeInitialisation.drawCarried(carried, seed);
        return new VideoVae(scope, shapes, trained, carried);
    }

    /**
     * A VAE to be used whose values come from a function instead of a file.
     *
     * @param values fills a set of parameters; called for the trained and for the carried ones
     */
    public static VideoVae ofValues(NDManager scope, VaeSize size, Consumer<ParameterSet> values) {
        VaeParameters shapes = new VaeParameters(size);
        ParameterSet trained = ParameterSet.frozen(scope, shapes.trained());
        ParameterSet carried = ParameterSet.frozen(scope, shapes.carried());
        values.accept(trained);
        values.accept(carried);
        return new VideoVae(scope, shapes, trained, carried);
    }

    public VaeSize size() {
        return shapes.size();
    }

    /** The parameters that training changes. */
    public ParameterSet parameters() {
        return trained;
    }

    /** Shift of the latent's normalisation, one value a channel; written through. */
    public FloatBuffer shift() {
        return carried.values(VaeParameters.SHIFT);
    }

    /** Scale of the latent's normalisation, one value a channel; written through. */
    public FloatBuffer scale() {
        return carried.values(VaeParameters.SCALE);
    }

    VaeNets nets() {
        return nets;
    }

    /** Writes the whole state dict under its published names. */
    public void write(Path file, Map<String, String> metadata) {
        SafetensorsWriter writer = new SafetensorsWriter(metadata);
        trained.addTo(writer);
        carried.addTo(writer);
        writer.write(file);
    }

    /** Encodes to the posterior's mean: the same latent every time. Result latent_BCFHW, normalised, in the scope. */
    public NDArray encodeMean(NDManager scope, PixelSource video) {
        try (NDManager local = scope.newSubManager()) {
            return kept(scope, normalised(local, posterior(local, video).mean_BCFHW()));
        }
    }

    /** Encodes to a sample of the posterior, as the published model does. Result latent_BCFHW, normalised, in the scope. */
    public NDArray encodeSample(NDManager scope, PixelSource video, CounterNoise noise) {
        try (NDManager local = scope.newSubManager()) {
            Posterior posterior = posterior(local, video);
            NDArray deviation = posterior.logVariance_BCFHW().mul(0.5).exp();
            NDArray noise_BCFHW = noise(local, deviation.getShape(), noise);
            return kept(scope, normalised(local, posterior.mean_BCFHW().add(deviation.mul(noise_BCFHW))));
        }
    }

    /** Encodes to the posterior. A video of T frames has {@link TimeChunks#latentFrames} latents. */
    public Posterior posterior(NDManager scope, PixelSource video) {
        return Autograd.unrecorded(() -> {
            try (NDManager local = scope.newSubManager()) {
                NDList chunks = new NDList();
                for (TimeChunks.EncoderChunk chunk : TimeChunks.encoderChunks(video.frames())) {
                    chunks.add(moments(local, video, chunk));
                }
                NDArray moment_BCFHW = NDArrays.concat(chunks, 2);
                return new Posterior(nets.mean(scope, moment_BCFHW), nets.logVariance(scope, moment_BCFHW));
            }
        });
    }

    /** What the 2D encoder makes of every frame: feature_BCFHW at an eighth of the height and width, in the scope. */
    public NDArray features(NDManager scope, PixelSource video) {
        return Autograd.unrecorded(() -> {
            try (NDManager local = scope.newSubManager()) {
                NDArray feature_BFCHW = features(local, video, 0, video.frames());
                return kept(scope, feature_BFCHW.transpose(0, 2, 1, 3, 4));
            }
        });
    }

    /**
     * Decodes a video, window by window.
     *
     * @param latent_BCFHW normalised latents, {@link TimeChunks#latentFrames} of {@code frames}
     * @param frames frames of the video
     * @param sink takes pixel_BCFHW pieces in order, not clipped; a piece is freed when the call returns
     */
    public void decode(NDArray latent_BCFHW, int frames, Consumer<NDArray> sink) {
        new AxisSizes("decode latents")
                .fix('C', CHANNELS)
                .fix('F', TimeChunks.latentFrames(frames))
                .bind("latent_BCFHW", latent_BCFHW);
        Autograd.unrecorded(() -> {
            for (TimeChunks.DecoderWindow window : TimeChunks.decoderWindows(frames)) {
                try (NDManager local = latent_BCFHW.getManager().newSubManager()) {
                    decodeWindow(local, latent_BCFHW, window, sink);
                }
            }
            return null;
        });
    }

    /** Decodes a video to one tensor pixel_BCFHW in the scope, not clipped. */
    public NDArray decode(NDManager scope, NDArray latent_BCFHW, int frames) {
        Shape latent = latent_BCFHW.getShape();
        NDArray pixel_BCFHW = scope.zeros(new Shape(latent.get(0), 3, frames, 8 * latent.get(3), 8 * latent.get(4)));
        int[] done = {0};
        decode(latent_BCFHW, frames, piece -> {
            int count = Math.toIntExact(piece.getShape().get(2));
            pixel_BCFHW.set(new NDIndex(":,:,{}:{}", done[0], done[0] + count), piece);
            done[0] += count;
        });
        return pixel_BCFHW;
    }

    /** Decodes one video (B = 1) to pictures whose times follow from the frame rate. */
    public List<RgbFrame> decodePictures(NDArray latent_BCFHW, int frames, double fps) {
        List<RgbFrame> pictures = new ArrayList<>(frames);
        decode(latent_BCFHW, frames, piece -> pictures.addAll(FrameTensors.frames(piece, pictures.size(), fps)));
        return pictures;
    }

    @Override
    public void close() {
        nets.close();
        trained.close();
        carried.close();
    }

    private NDArray moments(NDManager scope, PixelSource video, TimeChunks.EncoderChunk chunk) {
        try (NDManager local = scope.newSubManager()) {
            NDList parts = new NDList();
            NDArray feature_BFCHW = features(local, video, chunk.from(), chunk.to());
            Shape one = feature_BFCHW.get(new NDIndex(":,0:1")).getShape();
            if (chunk.zeros() > 0) {
                parts.add(local.zeros(new Shape(one.get(0), chunk.zeros(), one.get(2), one.get(3), one.get(4))));
            }
            NDArray first_BFCHW = feature_BFCHW.get(new NDIndex(":,0:1"));
            for (int copy = 0; copy < chunk.copies(); copy++) {
                parts.add(first_BFCHW);
            }
            parts.add(feature_BFCHW);
            NDArray feature_BCFHW = NDArrays.concat(parts, 1).transpose(0, 2, 1, 3, 4);
            return nets.moments(scope, feature_BCFHW);
        }
    }

    private NDArray features(NDManager scope, PixelSource video, int from, int to) {
        NDList parts = new NDList();
        for (int start = from; start < to; start += MICRO_BATCH) {
            int end = Math.min(to, start + MICRO_BATCH);
            try (NDManager local = scope.newSubManager()) {
                NDArray pixel_BCFHW = video.pixels(local, start, end);
                AxisSizes sizes = new AxisSizes("encode pixels")
                        .fix('C', 3)
                        .fix('F', end - start)
                        .bind("pixel_BCFHW", pixel_BCFHW);
                NDArray pixel_NCHW = pixel_BCFHW
                        .transpose(0, 2, 1, 3, 4)
                        .reshape(sizes.of('B') * sizes.of('F'), 3, sizes.of('H'), sizes.of('W'));
                NDArray feature_NCHW = nets.features(local, pixel_NCHW);
                Shape feature = feature_NCHW.getShape();
                parts.add(kept(
                        scope,
                        feature_NCHW.reshape(
                                sizes.of('B'), sizes.of('F'), feature.get(1), feature.get(2), feature.get(3))));
            }
        }
        return parts.size() == 1 ? parts.get(0) : NDArrays.concat(parts, 1);
    }

    private void decodeWindow(
            NDManager scope, NDArray latent_BCFHW, TimeChunks.DecoderWindow window, Consumer<NDArray> sink) {
        NDArray latent = latent_BCFHW.get(new NDIndex(":,:,{}:{}", window.from(), window.to()));
        latent.attach(scope);
        NDArray feature_BCFHW = nets.decodedFeatures(scope, denormalised(scope, latent));
        int frames = Math.toIntExact(feature_BCFHW.getShape().get(2));
        for (int start = window.cropped(); start < frames; start += MICRO_BATCH) {
            try (NDManager local = scope.newSubManager()) {
                int end = Math.min(frames, start + MICRO_BATCH);
                NDArray feature = feature_BCFHW.get(new NDIndex(":,:,{}:{}", start, end));
                feature.attach(local);
                AxisSizes sizes = new AxisSizes("decode features").bind("feature_BCFHW", feature);
                NDArray feature_NCHW = feature.transpose(0, 2, 1, 3, 4)
                        .reshape(sizes.of('B') * sizes.of('F'), sizes.of('C'), sizes.of('H'), sizes.of('W'));
                NDArray pixel_NCHW = nets.pixels(local, feature_NCHW);
                sink.accept(pixel_NCHW
                        .reshape(sizes.of('B'), sizes.of('F'), 3, 8 * sizes.of('H'), 8 * sizes.of('W'))
                        .transpose(0, 2, 1, 3, 4));
            }
        }
    }

    private NDArray normalised(NDManager scope, NDArray latent_BCFHW) {
        latent_BCFHW.attach(scope);
        return latent_BCFHW.sub(carried.get(VaeParameters.SHIFT)).div(carried.get(VaeParameters.SCALE));
    }

    private NDArray denormalised(NDManager scope, NDArray latent_BCFHW) {
        latent_BCFHW.attach(scope);
        return latent_BCFHW.mul(carried.get(VaeParameters.SCALE)).add(carried.get(VaeParameters.SHIFT));
    }

    private static NDArray noise(NDManager scope, Shape shape, CounterNoise noise) {
        NDArray array = scope.create(shape, DataType.FLOAT32);
        noise.fillGaussian(EngineMemory.floats(array));
        return array;
    }

    private static NDArray kept(NDManager scope, NDArray array) {
        array.attach(scope);
        return array;
    }
}
