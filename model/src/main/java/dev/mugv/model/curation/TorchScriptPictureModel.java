package dev.mugv.model.curation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.feature.SquarePicture;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.tensor.TorchRuntime;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A learned model of pictures in a TorchScript file: {@code forward} takes a picture {@code [1, 3, 224, 224]}, fp32, RGB in 0..1 (the file
 * normalises as its model needs), the centre square of the frame, and returns some numbers. A plain picture is tried when the model is opened, so
 * that one of another shape is refused before any video is decoded.
 */
final class TorchScriptPictureModel implements AutoCloseable {
    private static final int SIDE = 224;

    private final TorchRuntime runtime;
    private final ScriptModule module;
    private final Path file;
    private final String purpose;
    private final String key;

    private TorchScriptPictureModel(TorchRuntime runtime, ScriptModule module, Path file, Purpose purpose) {
        this.runtime = runtime;
        this.module = module;
        this.file = file;
        this.purpose = purpose.name;
        this.key = purpose.key;
    }

    /**
     * What a model is for.
     *
     * @param name in messages, for example {@code safety}
     * @param key of the configuration that names the file
     * @param least fewest numbers that it may return
     * @param most most of them
     */
    record Purpose(String name, String key, int least, int most) {}

    /**
     * Loads a model and tries it.
     *
     * @throws WorkFailure of kind INVALID_REQUEST when there is no such file, it holds no TorchScript module, or the module does not take
     *     a picture or returns another number of numbers
     */
    static TorchScriptPictureModel open(Path file, Purpose purpose, int threads) {
        if (!Files.isRegularFile(file)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot load %s model '%s': no such file. Correct '%s' or remove it."
                            .formatted(purpose.name, file, purpose.key));
        }
        TorchRuntime runtime = TorchRuntime.start(threads);
        TorchScriptPictureModel model = new TorchScriptPictureModel(runtime, ScriptModule.ofFile(file), file, purpose);
        try {
            int found = model.apply(new float[3 * SIDE * SIDE]).length;
            if (found < purpose.least || found > purpose.most) {
                String wanted =
                        purpose.least == purpose.most ? "" + purpose.least : purpose.least + " to " + purpose.most;
                throw model.unusable("expected " + wanted + " finite numbers a picture, found " + found);
            }
            return model;
        } catch (WorkFailure e) {
            model.close();
            throw e;
        }
    }

    private WorkFailure unusable(String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot use %s model '%s': %s. Save one whose 'forward' takes a picture [1, 3, 224, 224] of fp32, or correct '%s'."
                        .formatted(purpose, file, fact, key));
    }

    /** What the model says of a picture. */
    float[] of(RgbFrame picture) {
        return apply(planes(picture));
    }

    /** The same of a picture that was brought to their shape already, once for several models. */
    float[] apply(float[] planes) {
        try (NDManager scope = runtime.newScope()) {
            NDArray picture_BCHW = scope.create(planes, new Shape(1, 3, SIDE, SIDE));
            NDArray result = module.call("forward").with(picture_BCHW).one(scope);
            if (result.getDataType() != DataType.FLOAT32) {
                throw unusable("expected fp32 numbers, found " + result.getDataType());
            }
            float[] values = result.toFloatArray();
            for (float value : values) {
                if (!Float.isFinite(value)) {
                    throw unusable("expected finite numbers, found " + value);
                }
            }
            return values;
        } catch (WorkFailure e) {
            throw e;
        } catch (RuntimeException e) {
            // The engine's own exceptions: another shape, another type of arguments, a list as the result.
            throw unusable(e.toString().lines().findFirst().orElse("it failed"));
        }
    }

    /** Centre square, bilinear, one plane a channel. */
    static float[] planes(RgbFrame picture) {
        return SquarePicture.planes(picture, SIDE);
    }

    /** By its content. */
    String name() {
        return "torchscript-" + Sha256.ofFile(file).substring(0, 16);
    }

    @Override
    public void close() {
        module.close();
    }
}
