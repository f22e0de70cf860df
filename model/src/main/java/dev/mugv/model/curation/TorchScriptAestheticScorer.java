package dev.mugv.model.curation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
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
 * A learned aesthetic predictor in a TorchScript file: {@code forward} takes a picture {@code [1, 3, 224, 224]}, fp32, RGB
 * in 0..1 (the file normalises as its model needs), the centre square of the frame, and returns one number, 0 to 10.
 */
public final class TorchScriptAestheticScorer implements AestheticScorer {
    private static final int SIDE = 224;

    private final TorchRuntime runtime;
    private final ScriptModule module;
    private final Path file;
    private final String name;

    private TorchScriptAestheticScorer(TorchRuntime runtime, ScriptModule module, Path file, String name) {
        this.runtime = runtime;
        this.module = module;
        this.file = file;
        this.name = name;
    }

    /**
     * Loads a model.
     *
     * @throws WorkFailure of kind INVALID_REQUEST when there is no such file or it holds no TorchScript module
     */
    public static TorchScriptAestheticScorer open(Path file, int threads) {
        if (!Files.isRegularFile(file)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot load aesthetic model '%s': no such file. Correct 'aesthetic-model' or remove it."
                            .formatted(file));
        }
        TorchRuntime runtime = TorchRuntime.start(threads);
        String name = "torchscript-" + Sha256.ofFile(file).substring(0, 16);
        return new TorchScriptAestheticScorer(runtime, ScriptModule.ofFile(file), file, name);
    }

    @Override
    public double score(RgbFrame picture) {
        try (NDManager scope = runtime.newScope()) {
            NDArray picture_BCHW = scope.create(SquarePicture.planes(picture, SIDE), new Shape(1, 3, SIDE, SIDE));
            NDArray score = module.call("forward").with(picture_BCHW).one(scope);
            double value = score.size() == 1 ? score.toFloatArray()[0] : Double.NaN;
            if (!Double.isFinite(value)) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot use aesthetic model '%s': expected one finite number a picture, found shape %s. Correct 'aesthetic-model' or remove it."
                                .formatted(file, score.getShape()));
            }
            return value;
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void close() {
        module.close();
    }
}
