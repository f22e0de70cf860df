package dev.mugv.bench;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * Times of two programs that took turns, so that what else the machine does meets both alike. The ratio of two is the median over
 * pairs, with an interval from drawing pairs anew.
 */
final class PairedTimes {
    private static final int DRAWS = 10_000;

    private final Sample[] first;
    private final Sample[] second;

    /**
     * One execution.
     *
     * @param wall seconds
     * @param processor seconds of this thread's processor time, which another process does not lengthen
     */
    record Sample(double wall, double processor) {}

    private PairedTimes(Sample[] first, Sample[] second) {
        this.first = first;
        this.second = second;
    }

    /** Runs each so many times, in turns; who begins changes from pair to pair. */
    static PairedTimes of(Runnable first, Runnable second, int pairs) {
        Sample[] a = new Sample[pairs];
        Sample[] b = new Sample[pairs];
        for (int i = 0; i < pairs; i++) {
            if (i % 2 == 0) {
                a[i] = time(first);
                b[i] = time(second);
            } else {
                b[i] = time(second);
                a[i] = time(first);
            }
        }
        return new PairedTimes(a, b);
    }

    static Sample time(Runnable work) {
        long wall = System.nanoTime();
        long processor = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        work.run();
        double used = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - processor) / 1e9;
        return new Sample((System.nanoTime() - wall) / 1e9, used);
    }

    double medianFirst(ToDoubleFunction<Sample> of) {
        return median(Arrays.stream(first).mapToDouble(of).toArray());
    }

    double medianSecond(ToDoubleFunction<Sample> of) {
        return median(Arrays.stream(second).mapToDouble(of).toArray());
    }

    /** The first over the second: median, and the interval that holds 95 % of medians of pairs drawn anew. */
    String ratio(ToDoubleFunction<Sample> of) {
        double[] ratios = new double[first.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = of.applyAsDouble(first[i]) / of.applyAsDouble(second[i]);
        }
        Random random = new Random(1);
        double[] medians = new double[DRAWS];
        double[] drawn = new double[ratios.length];
        for (int i = 0; i < DRAWS; i++) {
            for (int k = 0; k < drawn.length; k++) {
                drawn[k] = ratios[random.nextInt(ratios.length)];
            }
            medians[i] = median(drawn);
        }
        Arrays.sort(medians);
        return "%.3f [%.3f, %.3f]"
                .formatted(median(ratios), medians[(int) (0.025 * DRAWS)], medians[(int) (0.975 * DRAWS)]);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
