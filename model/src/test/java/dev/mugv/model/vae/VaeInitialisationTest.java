package dev.mugv.model.vae;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.TorchRuntime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VaeInitialisationTest {
    private static final int SIZE = 48;
    private static final int FRAMES = 16;

    /** Red rises to the right, green falls downwards, blue is a checkerboard that eight pixels average away. */
    private static float[] picture() {
        float[] pixel_CFHW = new float[3 * FRAMES * SIZE * SIZE];
        for (int i = 0; i < pixel_CFHW.length; i++) {
            int x = i % SIZE;
            int y = i / SIZE % SIZE;
            int channel = i / (SIZE * SIZE * FRAMES);
            pixel_CFHW[i] = channel == 0 ? 2f * x / SIZE - 1 : channel == 1 ? 1 - 2f * y / SIZE : (x + y) % 2 - 0.5f;
        }
        return pixel_CFHW;
    }

    @ParameterizedTest
    @CsvSource({"32, 0.75", "64, 0.85"})
    void anUntrainedVaeCarriesColoursThrough(int width, double leastCorrelation) {
        try (NDManager scope = TorchRuntime.start(1).newScope();
                VideoVae vae = VideoVae.untrained(scope, new VaeSize(List.of(width, width, width, width), 32, 1), 3)) {
            NDArray pixel_BCFHW = scope.create(picture()).reshape(1, 3, FRAMES, SIZE, SIZE);
            NDArray latent_BCFHW = vae.encodeMean(scope, PixelSource.of(pixel_BCFHW));
            float[] decoded = vae.decode(scope, latent_BCFHW, FRAMES).toFloatArray();
            float[] original = picture();
            int plane = FRAMES * SIZE * SIZE;

            assertThat(correlation(original, decoded, 0, plane)).isGreaterThan(leastCorrelation);
            assertThat(correlation(original, decoded, plane, plane)).isGreaterThan(leastCorrelation);
        }
    }

    @Test
    void theSameSeedDrawsTheSameWeightsAndAnotherOneOthers() {
        VaeSize size = new VaeSize(List.of(32, 32, 32, 32), 32, 1);
        try (NDManager scope = TorchRuntime.start(1).newScope()) {
            assertThat(hash(scope, size, 3)).isEqualTo(hash(scope, size, 3)).isNotEqualTo(hash(scope, size, 4));
        }
    }

    private static String hash(NDManager scope, VaeSize size, long seed) {
        ParameterSet trained = ParameterSet.frozen(scope, new VaeParameters(size).trained());
        VaeInitialisation.drawTrained(trained, seed);
        return trained.sha256();
    }

    private static double correlation(float[] a, float[] b, int from, int count) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        double meanA = 0;
        double meanB = 0;
        for (int i = from; i < from + count; i++) {
            meanA += a[i] / count;
            meanB += b[i] / count;
        }
        for (int i = from; i < from + count; i++) {
            ab += (a[i] - meanA) * (b[i] - meanB);
            aa += (a[i] - meanA) * (a[i] - meanA);
            bb += (b[i] - meanB) * (b[i] - meanB);
        }
        return ab / Math.sqrt(aa * bb);
    }
}
