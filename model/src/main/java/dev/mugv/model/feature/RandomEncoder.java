package dev.mugv.model.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.tensor.TorchRuntime;
import java.util.ArrayList;
import java.util.List;

/**
 * Three convolutions over time and space with weights drawn from a fixed seed: it tells pictures and movements apart without having
 * learned anything, so distances by it compare checkpoints of one run and mean nothing beside those by a trained network. A picture is
 * a video of one frame.
 */
public final class RandomEncoder implements PictureEncoder, VideoEncoder {
    /** Mean and deviation over time and space of each channel of the last layer. */
    public static final int WIDTH = 32;

    /** Bumped with any change of the network: results by another version do not compare. */
    private static final String NAME = "random-convolutions-1";

    private static final int SIDE = 64;
    private static final long SEED = 20_251_020;
    private static final int[] CHANNELS = {3, 12, 24, WIDTH / 2};
    private static final int KERNEL = 3;

    private final TorchRuntime runtime;
    private final NDManager weights;
    private final ScriptModule module;
    private final List<NDArray> weight_OIFHW;

    private RandomEncoder(TorchRuntime runtime) {
        this.runtime = runtime;
        this.weights = runtime.newScope();
        this.module =
                ScriptArchive.ofResource(RandomEncoder.class, "features.py").load();
        List<NDArray> drawn = new ArrayList<>();
        for (int layer = 0; layer + 1 < CHANNELS.length; layer++) {
            drawn.add(weight(weights, layer));
        }
        this.weight_OIFHW = List.copyOf(drawn);
    }

    public static RandomEncoder open(TorchRuntime runtime) {
        return new RandomEncoder(runtime);
    }

    /** Deviation sqrt(2 / fan-in) keeps the size of what goes through (He et al., 2015). */
    private static NDArray weight(NDManager scope, int layer) {
        int fanIn = CHANNELS[layer] * KERNEL * KERNEL * KERNEL;
        float[] values = new float[CHANNELS[layer + 1] * fanIn];
        CounterNoise.of(SEED, NAME, layer).fillGaussian(values);
        float deviation = (float) Math.sqrt(2.0 / fanIn);
        for (int i = 0; i < values.length; i++) {
            values[i] *= deviation;
        }
        return EngineMemory.array(
                scope, new Shape(CHANNELS[layer + 1], CHANNELS[layer], KERNEL, KERNEL, KERNEL), values);
    }

    @Override
    public float[] encode(RgbFrame picture) {
        return encode(List.of(picture));
    }

    @Override
    public float[] encode(List<RgbFrame> frames) {
        try (NDManager scope = runtime.newScope()) {
            NDArray video_BCFHW = EngineMemory.array(
                    scope, new Shape(1, 3, frames.size(), SIDE, SIDE), SquarePicture.planes(frames, SIDE));
            return module.callUnrecorded("features")
                    .with(video_BCFHW)
                    .with(weight_OIFHW)
                    .one(scope)
                    .toFloatArray();
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void close() {
        module.close();
        weights.close();
    }
}
