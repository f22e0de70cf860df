package dev.mugv.model.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * A mean over samples with its bootstrap interval (Efron, "Bootstrap methods: another look at the jackknife", 1979): the 2.5
 * and 97.5 percentiles of the means of 2,000 resamples of the same size, drawn from a fixed seed so that the same values
 * always give the same interval. It says how far the mean would move with other samples; of a single value there is none,
 * and the ends are the value itself.
 *
 * @param mean over the samples
 * @param low lower end of the interval
 * @param high upper end
 * @param samples how many
 */
public record MeanScore(double mean, double low, double high, int samples) {
    private static final int RESAMPLES = 2_000;
    private static final double TAIL = 0.025;
    private static final long SEED = 1979;

    public MeanScore {
        if (!Double.isFinite(mean) || samples < 1) {
            throw new IllegalArgumentException(
                    "expected a finite mean over samples, found " + mean + " over " + samples);
        }
    }

    /** Of at least one finite value. */
    public static MeanScore of(double... values) {
        double mean = Arrays.stream(values).average().orElse(Double.NaN);
        return of(mean, values.length, drawn -> {
            double sum = 0;
            for (int index : drawn) {
                sum += values[index];
            }
            return sum / drawn.length;
        });
    }

    /**
     * Of anything that is computed from samples.
     *
     * @param value of the samples themselves
     * @param samples how many
     * @param statistic its value for samples that were drawn, some more than once: their numbers, from 0
     */
    public static MeanScore of(double value, int samples, ToDoubleFunction<int[]> statistic) {
        if (samples < 2) {
            return new MeanScore(value, value, value, samples);
        }
        SplittableRandom random = new SplittableRandom(SEED);
        double[] values = new double[RESAMPLES];
        int[] drawn = new int[samples];
        for (int i = 0; i < RESAMPLES; i++) {
            for (int j = 0; j < samples; j++) {
                drawn[j] = random.nextInt(samples);
            }
            values[i] = statistic.applyAsDouble(drawn);
        }
        Arrays.sort(values);
        return new MeanScore(value, percentile(values, TAIL), percentile(values, 1 - TAIL), samples);
    }

    private static double percentile(double[] sorted, double share) {
        return sorted[(int) Math.round(share * (sorted.length - 1))];
    }
}
