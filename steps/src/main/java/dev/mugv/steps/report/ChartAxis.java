package dev.mugv.steps.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Maps a range of values onto pixels, with ticks at round numbers.
 *
 * @param low value at {@code start}
 * @param high value at {@code end}
 * @param start pixel
 * @param end pixel
 * @param scale even steps or even ratios
 */
record ChartAxis(double low, double high, double start, double end, Scale scale) {
    enum Scale {
        LINEAR,
        LOGARITHMIC
    }

    ChartAxis {
        if (!(low < high) || (scale == Scale.LOGARITHMIC && low <= 0)) {
            throw new IllegalArgumentException("axis from " + low + " to " + high);
        }
    }

    double pixel(double value) {
        double share = (transformed(value) - transformed(low)) / (transformed(high) - transformed(low));
        return start + share * (end - start);
    }

    /** Round values within the range, in rising order; about {@code wanted} of them on a linear axis. */
    List<Double> ticks(int wanted) {
        return switch (scale) {
            case LINEAR -> linearTicks(wanted);
            case LOGARITHMIC -> logarithmicTicks();
        };
    }

    private List<Double> linearTicks(int wanted) {
        double rough = (high - low) / wanted;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
        List<Double> ticks = new ArrayList<>();
        for (long i = (long) Math.ceil(low / step); i * step <= high * (1 + 1e-12); i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    private List<Double> logarithmicTicks() {
        List<Double> ticks = new ArrayList<>();
        // Above two decades every 1-2-5 step would crowd the axis.
        double[] steps = high / low > 100 ? new double[] {1} : new double[] {1, 2, 5};
        for (int exponent = (int) Math.floor(Math.log10(low)); exponent <= Math.log10(high); exponent++) {
            for (double step : steps) {
                double tick = step * Math.pow(10, exponent);
                if (tick >= low && tick <= high) {
                    ticks.add(tick);
                }
            }
        }
        return ticks;
    }

    private double transformed(double value) {
        return switch (scale) {
            case LINEAR -> value;
            case LOGARITHMIC -> Math.log(value);
        };
    }
}
