package dev.mugv.model.feature;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.TorchRuntime;
import java.nio.file.Path;
import java.util.List;

/**
 * A network of videos in a TorchScript file: {@code forward} takes {@code [1, 3, T, 224, 224]}, fp32, RGB in 0..1, centre squares, and
 * returns features {@code [1, D]}.
 */
public final class TorchScriptVideoEncoder implements VideoEncoder {
    private static final int SIDE = 224;

    private final ScriptNetwork network;

    private TorchScriptVideoEncoder(ScriptNetwork network) {
        this.network = network;
    }

    /**
     * Opens a file and asks it once.
     *
     * @param role what it is wanted for, for messages
     * @param frames of the videos that it will be given
     * @throws WorkFailure of kind INVALID_REQUEST when the file holds no network of this form
     */
    public static TorchScriptVideoEncoder open(Path file, String role, int frames, TorchRuntime runtime) {
        return new TorchScriptVideoEncoder(ScriptNetwork.open(file, role, runtime, shape(frames), 0));
    }

    private static Shape shape(int frames) {
        return new Shape(1, 3, frames, SIDE, SIDE);
    }

    @Override
    public float[] encode(List<RgbFrame> frames) {
        return network.forward(shape(frames.size()), SquarePicture.planes(frames, SIDE), 0);
    }

    @Override
    public String name() {
        return network.name();
    }

    @Override
    public void close() {
        network.close();
    }
}
