package dev.mugv.model.vae;

import static dev.mugv.model.tensor.Golden.requireClose;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.tensor.WeightFormula;
import java.util.List;
import org.junit.jupiter.api.Test;

class FullSizeVaeTest {
    private static final VaeSize FULL = new VaeSize(List.of(128, 256, 512, 512), 128, 2);

    @Test
    void computesWhatThePublishedModelComputesAtItsFullSize() {
        VaeParameters shapes = new VaeParameters(FULL);
        try (NDManager scope = TorchRuntime.start(1).newScope();
                SafetensorsFile expected = Golden.open("vae-full-8f")) {
            // 1.6 GB of weights, each element a hash: filled by all processors.
            ParameterSet trained = ParameterSet.frozen(scope, shapes.trained());
            trained.shapes().parallelStream()
                    .forEach((ParameterShape shape) -> WeightFormula.fill(shape, trained.values(shape.name())));
            ParameterSet carried = ParameterSet.frozen(scope, shapes.carried());
            try (VideoVae vae = new VideoVae(shapes, trained, carried)) {
                vae.shift().put(PublishedNormalisation.SHIFT);
                vae.scale().put(PublishedNormalisation.SCALE);
                PixelSource video = PixelSource.of(expected.array(scope, "x"));
                VideoVae.Posterior posterior = vae.posterior(scope, video);

                requireClose("mean", posterior.mean_BCFHW(), expected.floats("mean"), Golden.OUTPUT);
                requireClose("logvar", posterior.logVariance_BCFHW(), expected.floats("logvar"), Golden.OUTPUT);
                requireClose("z", vae.encodeMean(scope, video), expected.floats("z"), Golden.OUTPUT);
                requireClose(
                        "decoded",
                        vae.decode(scope, expected.array(scope, "z_in"), 8),
                        expected.floats("decoded"),
                        Golden.OUTPUT);
            }
        }
    }
}
