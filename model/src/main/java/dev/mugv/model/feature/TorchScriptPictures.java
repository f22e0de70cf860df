package dev.mugv.model.feature;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.TorchRuntime;
import java.nio.file.Path;

/**
 * Networks of pictures in TorchScript files: {@code forward} takes a picture {@code [1, 3, 224, 224]}, fp32, RGB in 0..1 (the file
 * normalises as its network needs), the centre square of the frame, and returns features {@code [1, D]} or one number.
 */
public final class TorchScriptPictures {
    private static final int SIDE = 224;
    private static final Shape PICTURE = new Shape(1, 3, SIDE, SIDE);

    private TorchScriptPictures() {}

    /**
     * A network of features.
     *
     * @param role what it is wanted for, for messages
     * @throws WorkFailure of kind INVALID_REQUEST when the file holds none of this form
     */
    public static PictureEncoder encoder(Path file, String role, TorchRuntime runtime) {
        ScriptNetwork network = ScriptNetwork.open(file, role, runtime, PICTURE, 0);
        return new PictureEncoder() {
            @Override
            public float[] encode(RgbFrame picture) {
                return network.forward(PICTURE, SquarePicture.planes(picture, SIDE), 0);
            }

            @Override
            public String name() {
                return network.name();
            }

            @Override
            public void close() {
                network.close();
            }
        };
    }

    /** A network of one number, in the same way. */
    public static PictureScorer scorer(Path file, String role, TorchRuntime runtime) {
        ScriptNetwork network = ScriptNetwork.open(file, role, runtime, PICTURE, 1);
        return new PictureScorer() {
            @Override
            public double score(RgbFrame picture) {
                return network.forward(PICTURE, SquarePicture.planes(picture, SIDE), 1)[0];
            }

            @Override
            public String name() {
                return network.name();
            }

            @Override
            public void close() {
                network.close();
            }
        };
    }
}
