package dev.mugv.model.vae;

import static dev.mugv.model.tensor.Golden.requireClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.tensor.WeightFormula;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackedWeightsTest {
    /** The last level is wide enough for weights that are packed in three parts. */
    private static final VaeSize SIZE = new VaeSize(List.of(32, 64, 64, 256), 32, 1);

    private static NDManager scope;
    private static VideoVae trainable;
    private static VideoVae frozen;

    @BeforeAll
    static void makeModels() {
        scope = TorchRuntime.start(1).newScope();
        // The golden files' weights: drawn ones leave channels without variance, whose norm makes rounding large.
        trainable = VideoVae.untrained(scope, SIZE, 5);
        WeightFormula.fill(trainable.parameters());
        frozen = VideoVae.ofValues(scope, SIZE, WeightFormula::fill);
        for (VideoVae vae : List.of(trainable, frozen)) {
            vae.shift().put(PublishedNormalisation.shift());
            vae.scale().put(PublishedNormalisation.scale());
        }
    }

    @AfterAll
    static void closeModels() {
        frozen.close();
        trainable.close();
        scope.close();
    }

    /** A still image, the 8k+1 rule, ragged pieces, two windows, several samples and a small picture. */
    @ParameterizedTest(name = "{0} x {1} frames of {2}x{3}")
    @CsvSource({"1, 1, 32, 24", "1, 9, 24, 40", "1, 12, 16, 16", "1, 57, 16, 16", "2, 12, 24, 16", "1, 8, 8, 16"})
    void frozenWeightsComputeWhatTrainableOnesCompute(int batch, int frames, int height, int width) {
        try (NDManager local = scope.newSubManager()) {
            PixelSource video = PixelSource.of(noise(local, "pixels", new Shape(batch, 3, frames, height, width)));
            Shape latent_BCFHW = new Shape(batch, 24, TimeChunks.latentFrames(frames), height / 8, width / 8);
            NDArray latent = noise(local, "latents", latent_BCFHW);

            requireClose(
                    "features",
                    frozen.features(local, video),
                    trainable.features(local, video).toFloatArray(),
                    Golden.OUTPUT);
            requireClose(
                    "latent",
                    frozen.encodeMean(local, video),
                    trainable.encodeMean(local, video).toFloatArray(),
                    Golden.OUTPUT);
            requireClose(
                    "pixels",
                    frozen.decode(local, latent, frames),
                    trainable.decode(local, latent, frames).toFloatArray(),
                    Golden.OUTPUT);
        }
    }

    /** Sums over a large picture whose mean is far from zero are where a normalisation loses its digits. */
    @Test
    void aLargeBrightPictureIsNormalisedAsPreciselyAsASmallOne() {
        try (NDManager local = scope.newSubManager()) {
            NDArray pixel_BCFHW = noise(local, "bright", new Shape(1, 3, 1, 256, 320));
            Autograd.unrecorded(() -> pixel_BCFHW.muli(0.2).addi(0.5));

            requireClose(
                    "features",
                    frozen.features(local, PixelSource.of(pixel_BCFHW)),
                    trainable.features(local, PixelSource.of(pixel_BCFHW)).toFloatArray(),
                    Golden.OUTPUT / 2);
        }
    }

    @Test
    void aSecondCallGivesTheSameBits() {
        try (NDManager local = scope.newSubManager()) {
            PixelSource video = PixelSource.of(noise(local, "pixels", new Shape(1, 3, 9, 16, 24)));
            float[] first = frozen.encodeMean(local, video).toFloatArray();

            assertThat(frozen.encodeMean(local, video).toFloatArray()).isEqualTo(first);
        }
    }

    @Test
    void packedWeightsRefuseToBeRecorded() {
        try (NDManager local = scope.newSubManager()) {
            NDArray pixel_NCHW = local.zeros(new Shape(1, 3, 8, 8));

            assertThatThrownBy(() -> Autograd.recorded(() -> frozen.nets().features(local, pixel_NCHW)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("not recorded");
        }
    }

    private static NDArray noise(NDManager local, String purpose, Shape shape) {
        NDArray array = Autograd.unrecorded(() -> local.zeros(shape));
        CounterNoise.of(7, purpose).fillGaussian(EngineMemory.floats(array));
        return array;
    }
}
