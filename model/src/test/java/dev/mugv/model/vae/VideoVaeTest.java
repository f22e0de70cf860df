package dev.mugv.model.vae;

import static dev.mugv.model.tensor.Golden.requireClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.tensor.WeightFormula;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VideoVaeTest {
    private static final VaeSize GOLDEN_SIZE = new VaeSize(List.of(32, 32, 64, 64), 32, 2);
    private static final VaeSize NARROW = new VaeSize(List.of(32, 32, 32, 32), 32, 1);

    private static NDManager scope;
    private static VideoVae golden;
    private static VideoVae narrow;

    @BeforeAll
    static void makeModels() {
        scope = TorchRuntime.start(1).newScope();
        golden = VideoVae.untrained(scope, GOLDEN_SIZE, 1);
        WeightFormula.fill(golden.parameters());
        golden.shift().put(PublishedNormalisation.shift());
        golden.scale().put(PublishedNormalisation.scale());
        narrow = VideoVae.untrained(scope, NARROW, 1);
    }

    @AfterAll
    static void closeModels() {
        golden.close();
        narrow.close();
        scope.close();
    }

    @Test
    void aBatchIsEncodedAndDecodedLikeItsSamplesAlone() {
        try (NDManager local = scope.newSubManager()) {
            NDArray pixel_BCFHW = pixels(local, 2, 10, 16, 24);
            NDArray both = narrow.encodeMean(local, PixelSource.of(pixel_BCFHW));
            NDArray second = narrow.encodeMean(local, PixelSource.of(pixel_BCFHW.get(new NDIndex("1:2"))));
            NDArray bothDecoded = narrow.decode(local, both, 10);
            NDArray secondDecoded = narrow.decode(local, second, 10);

            // Other batch sizes take other kernels: equal up to rounding, not bit for bit.
            requireClose("latent", both.get(new NDIndex("1:2")), second.toFloatArray(), Golden.OUTPUT);
            requireClose("pixels", bothDecoded.get(new NDIndex("1:2")), secondDecoded.toFloatArray(), Golden.OUTPUT);
        }
    }

    @Test
    void samplingAddsTheNoiseOfItsCounterToTheMean() {
        try (NDManager local = scope.newSubManager()) {
            PixelSource video = PixelSource.of(pixels(local, 1, 8, 16, 16));
            CounterNoise noise = CounterNoise.of(3, "posterior", 7);
            VideoVae.Posterior posterior = narrow.posterior(local, video);
            float[] mean = posterior.mean_BCFHW().toFloatArray();
            float[] logVariance = posterior.logVariance_BCFHW().toFloatArray();
            float[] sample = narrow.encodeSample(local, video, noise).toFloatArray();

            for (int i = 0; i < sample.length; i++) {
                double expected = mean[i] + Math.exp(0.5 * logVariance[i]) * noise.gaussian(i);
                assertThat(Math.abs(sample[i] - expected) <= 1e-5)
                        .as("element %d", i)
                        .isTrue();
            }
        }
    }

    @Test
    void writesAStateDictThatLoadsToTheSameFunction(@TempDir Path folder) {
        Path file = folder.resolve("vae.safetensors");
        golden.write(file, Map.of());
        try (NDManager local = scope.newSubManager();
                VideoVae loaded = VideoVae.load(local, file)) {
            PixelSource video = PixelSource.of(pixels(local, 1, 8, 16, 16));

            assertThat(loaded.size()).isEqualTo(GOLDEN_SIZE);
            assertThat(loaded.parameters().sha256())
                    .isEqualTo(golden.parameters().sha256());
            // The engine picks other kernels for weights that require a gradient, so only nearly the same bits.
            requireClose(
                    "latent",
                    loaded.encodeMean(local, video),
                    golden.encodeMean(local, video).toFloatArray(),
                    Golden.OUTPUT);
        }
    }

    @Test
    void aHundredChunksLeaveNothingBehind() {
        try (NDManager local = scope.newSubManager()) {
            PixelSource video = PixelSource.of(pixels(local, 1, 16, 16, 16));
            for (int chunk = 0; chunk < 2; chunk++) {
                reconstruct(local, video);
            }
            int arrays = local.getManagedArrays().size();
            for (int chunk = 0; chunk < 50; chunk++) {
                reconstruct(local, video);
            }

            assertThat(local.getManagedArrays()).hasSize(arrays);
        }
    }

    @Test
    void refusesLatentsThatDoNotMatchTheFrames() {
        try (NDManager local = scope.newSubManager()) {
            NDArray latent = local.zeros(new Shape(1, 24, 2, 2, 2));

            assertThatThrownBy(() -> narrow.decode(local, latent, 8))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessageContaining("latent_BCFHW");
        }
    }

    @Test
    void picturesSurviveTheWayToPixelsAndBack() {
        byte[] levels = new byte[3 * 4 * 2];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (byte) (11 * i);
        }
        RgbFrame picture = new RgbFrame(0, 0, 4, 2, levels);
        RgbFrame other = new RgbFrame(1, 0.5, 4, 2, new byte[3 * 4 * 2]);
        try (NDManager local = scope.newSubManager()) {
            NDArray pixel_BCFHW = FrameTensors.pixels(local, List.of(picture, other));
            List<RgbFrame> back = FrameTensors.frames(pixel_BCFHW, 0, 2);

            assertThat(pixel_BCFHW.getShape()).isEqualTo(new Shape(1, 3, 2, 2, 4));
            assertThat(back).hasSize(2);
            assertThat(back.get(0).pixels()).isEqualTo(levels);
            assertThat(back.get(1).seconds()).isEqualTo(0.5);
        }
    }

    private static void reconstruct(NDManager scope, PixelSource video) {
        try (NDArray latent = narrow.encodeMean(scope, video);
                NDArray pixels = narrow.decode(scope, latent, video.frames())) {
            assertThat(pixels.toFloatArray()).doesNotContain(Float.NaN);
        }
    }

    private static NDArray pixels(NDManager scope, long... batchFramesHeightWidth) {
        Shape shape = new Shape(
                batchFramesHeightWidth[0],
                3,
                batchFramesHeightWidth[1],
                batchFramesHeightWidth[2],
                batchFramesHeightWidth[3]);
        float[] values = new float[Math.toIntExact(shape.size())];
        CounterNoise noise = CounterNoise.of(1, "test-pixels");
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (2 * noise.uniform(i) - 1);
        }
        return Autograd.unrecorded(() -> scope.create(values, shape));
    }
}
