package dev.mugv.model.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.tensor.TorchRuntime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FrechetDistanceTest {
    /** Features are fp32 and distances of the size 10: their rounding shows in the seventh digit. */
    private static final double ROUNDING = 1e-5;

    private static FrechetDistance distance;

    @BeforeAll
    static void open() {
        distance = new FrechetDistance(TorchRuntime.start(1));
    }

    @AfterAll
    static void close() {
        distance.close();
    }

    @Test
    void isTheClosedFormOfIndependentFeatures() {
        // Points at ±a on each axis have covariance 2 a² / 3 there: deviations sqrt(2/3) a, and the means differ by (3,
        // 4).
        List<float[]> one = cross(3, 1, 0, 0);
        List<float[]> other = cross(1, 2, 3, 4);
        double scale = 2.0 / 3;

        assertThat(distance.between(one, other))
                .isCloseTo(25 + scale * (Math.pow(3 - 1, 2) + Math.pow(1 - 2, 2)), within(ROUNDING));
    }

    @Test
    void isTheClosedFormOfCovariancesThatDoNotCommute() {
        List<float[]> one = cross(3, 1, 0, 0);
        List<float[]> turned = cross(3, 1, 0, 0).stream()
                .map(point -> turned(point, Math.PI / 6))
                .toList();
        // In two dimensions tr sqrt(AB) = sqrt(tr AB + 2 sqrt(det A det B)); A = diag(6, 2/3), B is A turned by 30
        // degrees.
        double a = 6;
        double b = 2.0 / 3;
        double cos = Math.pow(Math.cos(Math.PI / 6), 2);
        double product = a * (a * cos + b * (1 - cos)) + b * (a * (1 - cos) + b * cos);
        double root = Math.sqrt(product + 2 * a * b);

        assertThat(distance.between(one, turned)).isCloseTo(2 * (a + b) - 2 * root, within(ROUNDING));
    }

    @Test
    void isSymmetricAndZeroOfASetAndItself() {
        List<float[]> one = gaussian(40, 6, 1, 0, 1);
        List<float[]> other = gaussian(30, 6, 2, 0.5, 2);

        assertThat(distance.between(one, other)).isCloseTo(distance.between(other, one), within(ROUNDING));
        assertThat(distance.between(one, one)).isCloseTo(0, within(ROUNDING));
    }

    @Test
    void takesFewerSamplesThanFeatures() {
        double found = distance.between(gaussian(3, 32, 1, 0, 1), gaussian(4, 32, 2, 0, 1));

        assertThat(found).isFinite().isPositive();
    }

    @Test
    void coversTheTruthByItsIntervalAndTellsItsBias() {
        // Means 1 apart in each of 4 dimensions, deviations 1 and 2: 4 (1 + 1) = 8.
        FrechetDistance.Estimate estimate = distance.estimate(gaussian(400, 4, 3, 0, 1), gaussian(400, 4, 4, 1, 2))
                .orElseThrow();

        assertThat(8.0).isBetween(estimate.low(), estimate.high());
        assertThat(estimate.high() - estimate.low()).isBetween(0.5, 4.0);
    }

    @Test
    void comesOutTooLargeOfFewSamplesAndSaysSo() {
        FrechetDistance.Estimate few = distance.estimate(gaussian(8, 8, 5, 0, 1), gaussian(8, 8, 6, 0, 1))
                .orElseThrow();
        FrechetDistance.Estimate many = distance.estimate(gaussian(200, 8, 7, 0, 1), gaussian(200, 8, 8, 0, 1))
                .orElseThrow();

        assertThat(few.distance()).isGreaterThan(5 * many.distance());
        assertThat(few.bias()).isGreaterThan(many.bias()).isPositive();
    }

    @Test
    void hasNoIntervalOfTwoAndRefusesOtherWidths() {
        assertThat(distance.estimate(gaussian(2, 4, 1, 0, 1), gaussian(9, 4, 2, 0, 1)))
                .isEmpty();
        assertThatThrownBy(() -> distance.between(gaussian(3, 4, 1, 0, 1), gaussian(3, 5, 1, 0, 1)))
                .hasMessage("expected features of one width, found 4 and 5");
        assertThatThrownBy(() -> distance.between(gaussian(1, 4, 1, 0, 1), gaussian(3, 4, 1, 0, 1)))
                .hasMessage("expected features of at least 2 samples, found 1");
    }

    private static List<float[]> cross(double x, double y, double meanX, double meanY) {
        return List.of(
                point(meanX + x, meanY), point(meanX - x, meanY), point(meanX, meanY + y), point(meanX, meanY - y));
    }

    private static float[] point(double x, double y) {
        return new float[] {(float) x, (float) y};
    }

    private static float[] turned(float[] point, double angle) {
        return point(
                Math.cos(angle) * point[0] - Math.sin(angle) * point[1],
                Math.sin(angle) * point[0] + Math.cos(angle) * point[1]);
    }

    private static List<float[]> gaussian(int samples, int width, long seed, double mean, double deviation) {
        List<float[]> drawn = new ArrayList<>();
        for (int i = 0; i < samples; i++) {
            float[] values = new float[width];
            CounterNoise.of(seed, "features", i).fillGaussian(values);
            for (int j = 0; j < width; j++) {
                values[j] = (float) (mean + deviation * values[j]);
            }
            drawn.add(values);
        }
        return drawn;
    }
}
