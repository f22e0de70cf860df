package dev.mugv.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CounterNoiseTest {
    private static final int COUNT = 100_000;

    @Test
    void equalStreamsHaveEqualBits() {
        float[] first = gaussians(CounterNoise.of(7, "noise", 3, 1));
        float[] second = gaussians(CounterNoise.of(7, "noise", 3, 1));
        assertThat(second).containsExactly(first);
    }

    @Test
    void everyPartOfTheNameOpensAnotherStream() {
        Set<Double> firstValues = new HashSet<>();
        firstValues.add(CounterNoise.of(7, "noise", 3, 1).uniform(0));
        firstValues.add(CounterNoise.of(8, "noise", 3, 1).uniform(0));
        firstValues.add(CounterNoise.of(7, "order", 3, 1).uniform(0));
        firstValues.add(CounterNoise.of(7, "noise", 1, 3).uniform(0));
        firstValues.add(CounterNoise.of(7, "noise", 3).uniform(0));
        firstValues.add(CounterNoise.of(7, "noise", 3, 1).uniform(1));
        assertThat(firstValues).hasSize(6);
    }

    @Test
    void anElementOfAFilledBufferCanBeAskedForAlone() {
        CounterNoise noise = CounterNoise.of(1, "noise");
        FloatBuffer filled = FloatBuffer.allocate(23);
        filled.position(2);
        noise.fillGaussian(filled);
        assertThat(filled.position()).isEqualTo(2);
        for (int i = 0; i < 21; i++) {
            assertThat(filled.get(2 + i)).isEqualTo(noise.gaussian(i));
        }
    }

    @Test
    void gaussiansHaveTheMomentsOfAStandardNormal() {
        double mean = 0;
        double square = 0;
        double fourth = 0;
        for (float value : gaussians(CounterNoise.of(5, "noise"))) {
            mean += value / (double) COUNT;
            square += value * (double) value / COUNT;
            fourth += Math.pow(value, 4) / COUNT;
        }
        // Four standard errors of each moment at 100,000 draws: 1, sqrt(2) and sqrt(96) over sqrt(COUNT).
        assertThat(mean).isCloseTo(0, within(4 / Math.sqrt(COUNT)));
        assertThat(square).isCloseTo(1, within(4 * Math.sqrt(2.0 / COUNT)));
        assertThat(fourth).isCloseTo(3, within(4 * Math.sqrt(96.0 / COUNT)));
    }

    @Test
    void neighbouringStreamsAreNotCorrelated() {
        float[] first = gaussians(CounterNoise.of(5, "noise", 1));
        float[] second = gaussians(CounterNoise.of(5, "noise", 2));
        double covariance = 0;
        for (int i = 0; i < COUNT; i++) {
            covariance += first[i] * (double) second[i] / COUNT;
        }
        assertThat(covariance).isCloseTo(0, within(4 / Math.sqrt(COUNT)));
    }

    @Test
    void uniformNumbersFillTheOpenIntervalEvenly() {
        CounterNoise noise = CounterNoise.of(5, "order");
        int[] bins = new int[10];
        for (int i = 0; i < COUNT; i++) {
            double value = noise.uniform(i);
            assertThat(value).isGreaterThan(0).isLessThan(1);
            bins[(int) (value * bins.length)]++;
            assertThat(noise.below(3, i)).isEqualTo((int) (value * 3));
        }
        for (int bin : bins) {
            // Four standard deviations of a binomial count.
            assertThat(bin).isCloseTo(COUNT / 10, within((int) (4 * Math.sqrt(COUNT * 0.1 * 0.9))));
        }
    }

    /** The fast functions decide nothing: as many numbers as it takes for some to lie next to a tie. */
    @Test
    void everyNumberIsThatOfStrictMath() {
        CounterNoise noise = CounterNoise.of(11, "noise");
        float[] found = new float[4_000_000];
        noise.fillGaussian(found);
        int[] words = new int[4];
        for (int i = 0; i < found.length; i += 2) {
            Philox.block(i / 4, noise.stream(), noise.key(), words);
            double u = ((words[i % 4] & 0xFFFFFFFFL) + 1) * 0x1.0p-32;
            double angle = (words[i % 4 + 1] & 0xFFFFFFFFL) * 0x1.0p-32 * (2 * Math.PI);
            double radius = StrictMath.sqrt(-2 * StrictMath.log(u));
            if (found[i] != (float) (radius * StrictMath.cos(angle))
                    || found[i + 1] != (float) (radius * StrictMath.sin(angle))) {
                throw new AssertionError("element " + i + " differs");
            }
        }
    }

    @Test
    void bitsStayTheSameFromReleaseToRelease() {
        CounterNoise noise = CounterNoise.of(6309, "training-noise", 12, 3);
        assertThat(noise.uniform(0)).isEqualTo(UNIFORM);
        assertThat(noise.gaussian(5)).isEqualTo(GAUSSIAN);
        assertThat(CounterNoise.counter("clip")).isEqualTo(COUNTER);
    }

    /** Computed by an independent Python program; a change here would change every model that is trained again. */
    private static final double UNIFORM = 0.5344011722225335;

    private static final float GAUSSIAN = 0.57345277f;
    private static final long COUNTER = 7462564448263066923L;

    private static float[] gaussians(CounterNoise noise) {
        float[] values = new float[COUNT];
        noise.fillGaussian(values);
        return values;
    }
}
