package dev.mugv.model.curation;

import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.run.WorkFailure;
import java.nio.file.Path;

/**
 * A learned aesthetic predictor in a TorchScript file, as {@link dev.mugv.model.config.PictureModels} describes: returns one number, 0 to
 * 10.
 */
public final class TorchScriptAestheticScorer implements AestheticScorer {
    private final TorchScriptPictureModel model;
    private final String name;

    private TorchScriptAestheticScorer(TorchScriptPictureModel model) {
        this.model = model;
        this.name = model.name();
    }

    /**
     * Loads a model and tries it.
     *
     * @throws WorkFailure of kind INVALID_REQUEST when there is no such file, it holds no TorchScript module, or takes or returns something
     *     else
     */
    public static TorchScriptAestheticScorer open(Path file, int threads) {
        return new TorchScriptAestheticScorer(TorchScriptPictureModel.open(
                file, new TorchScriptPictureModel.Purpose("aesthetic", "aesthetic-model", 1, 1), threads));
    }

    @Override
    public double score(RgbFrame picture) {
        return model.of(picture)[0];
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void close() {
        model.close();
    }
}
