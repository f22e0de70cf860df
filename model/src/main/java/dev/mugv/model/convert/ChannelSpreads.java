package dev.mugv.model.convert;

import dev.mugv.model.format.ImportedData.Looks;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Tells from a latent's numbers whether it is normalised: by how the deviations of its channels go with the VAE's scales.
 *
 * <p>The deviations of a latent that is not normalised are in proportion to the scales, those of a normalised one are about
 * equal, those of one normalised twice go with the inverse. So the slope of their logarithms over the logarithms of the scales
 * is near 1, 0 or -1, however quiet or lively the clip is ({@code LatentSlopes} in {@code ops/bench} shows it on real clips).
 */
public final class ChannelSpreads {
    /** Nearer than this to the middle between two states nothing is said. */
    private static final double DOUBT = 0.15;

    /** Standard error of the slope above which nothing is said. */
    private static final double LARGEST_ERROR = 0.25;

    /** Numbers in each channel below which a deviation means little. */
    private static final int LEAST_VALUES = 16;

    /** Deviation of the scales' logarithms below which they tell nothing; that of the published VAE is 0.45. */
    private static final double LEAST_SCALE_SPREAD = 0.2;

    private final double[] sums;
    private final double[] squares;
    private long values;

    public ChannelSpreads(int channels) {
        sums = new double[channels];
        squares = new double[channels];
    }

    /** Takes in one number. */
    public void add(int channel, float value) {
        sums[channel] += value;
        squares[channel] += (double) value * value;
        values++;
    }

    /**
     * Slope of the logarithms of the deviations over those of the scales.
     *
     * @param scales of the VAE's normalisation, one a channel
     * @return empty where it would mean nothing
     */
    public OptionalDouble slope(List<Float> scales) {
        int channels = sums.length;
        double count = (double) values / channels;
        if (count < LEAST_VALUES) {
            return OptionalDouble.empty();
        }
        double[] x = new double[channels];
        double[] y = new double[channels];
        for (int c = 0; c < channels; c++) {
            double mean = sums[c] / count;
            double variance = squares[c] / count - mean * mean;
            // A flat channel has rounding errors for a deviation.
            if (!(variance > 1e-10 * (1 + mean * mean))) {
                return OptionalDouble.empty();
            }
            x[c] = Math.log(scales.get(c));
            y[c] = Math.log(variance) / 2;
        }
        return fitted(x, y);
    }

    /** What a slope says. */
    static Looks looks(OptionalDouble slope) {
        if (slope.isEmpty()) {
            return Looks.UNCLEAR;
        }
        double value = slope.getAsDouble();
        if (Math.abs(value - 0.5) < DOUBT || Math.abs(value + 0.5) < DOUBT) {
            return Looks.UNCLEAR;
        }
        if (value > 0.5) {
            return Looks.NOT_NORMALISED;
        }
        return value > -0.5 ? Looks.NORMALISED : Looks.TWICE_NORMALISED;
    }

    /** Least squares; empty when the line fits too badly. */
    private static OptionalDouble fitted(double[] x, double[] y) {
        int n = x.length;
        double meanX = mean(x);
        double meanY = mean(y);
        double xx = 0;
        double xy = 0;
        for (int i = 0; i < n; i++) {
            xx += (x[i] - meanX) * (x[i] - meanX);
            xy += (x[i] - meanX) * (y[i] - meanY);
        }
        if (Math.sqrt(xx / n) < LEAST_SCALE_SPREAD) {
            return OptionalDouble.empty();
        }
        double slope = xy / xx;
        double residuals = 0;
        for (int i = 0; i < n; i++) {
            double residual = y[i] - meanY - slope * (x[i] - meanX);
            residuals += residual * residual;
        }
        double error = Math.sqrt(residuals / (n - 2) / xx);
        return error <= LARGEST_ERROR ? OptionalDouble.of(slope) : OptionalDouble.empty();
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
