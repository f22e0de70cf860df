package dev.mugv.model.feature;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.tensor.TorchRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fréchet distance of two sets of features, squared as usual: {@code |m - n|² + tr(A + B - 2 sqrt(A B))} of their means and covariances
 * (Dowson and Landau, 1982; of I3D's features the FVD of Unterthiner et al., 2018). In fp64, by eigenvalues.
 *
 * <p>Of few samples it comes out too large, the more the wider the features, so distances over different counts do not compare. The
 * interval and the bias are those of a delete-a-group jackknife over both sets (Shao and Wu, 1989): a bootstrap draws samples twice, which
 * shrinks covariances and adds a bias of its own.
 */
public final class FrechetDistance implements AutoCloseable {
    /** What is left when one is left out has a covariance. */
    public static final int FEWEST = 3;

    private static final int MOST_GROUPS = 50;
    private static final double NORMAL_95 = 1.959964;

    private final TorchRuntime runtime;
    private final ScriptModule script;

    public FrechetDistance(TorchRuntime runtime) {
        this.runtime = runtime;
        this.script =
                ScriptArchive.ofResource(FrechetDistance.class, "frechet.py").load();
    }

    /**
     * A distance and how sure it is.
     *
     * @param distance of all samples
     * @param low lower end of the 95 % interval
     * @param high upper end
     * @param bias by how much the distance is too large, as far as the sets themselves can tell
     */
    public record Estimate(double distance, double low, double high, double bias) {
        public Estimate {
            if (!Double.isFinite(distance) || !Double.isFinite(low) || !Double.isFinite(high) || !(low <= high)) {
                throw new IllegalArgumentException("expected a finite distance in its interval, found %s in [%s, %s]"
                        .formatted(distance, low, high));
            }
        }
    }

    /**
     * Distance of two sets of at least two.
     *
     * @param one features of a sample each, all of one width
     * @param other likewise
     */
    public double between(List<float[]> one, List<float[]> other) {
        try (NDManager scope = runtime.newScope()) {
            Shape first = shape(one);
            Shape second = shape(other);
            if (first.get(1) != second.get(1)) {
                throw new IllegalArgumentException(
                        "expected features of one width, found " + first.get(1) + " and " + second.get(1));
            }
            return script.callUnrecorded("distance")
                    .with(scope.create(values(one), first))
                    .with(scope.create(values(other), second))
                    .one(scope)
                    .toDoubleArray()[0];
        }
    }

    /** Distance with its interval; empty with fewer than {@link #FEWEST} of either. */
    public Optional<Estimate> estimate(List<float[]> one, List<float[]> other) {
        if (one.size() < FEWEST || other.size() < FEWEST) {
            return Optional.empty();
        }
        double distance = between(one, other);
        double[] withoutOnes = leftOut(one, kept -> between(kept, other));
        double[] withoutOthers = leftOut(other, kept -> between(one, kept));
        double error = Math.sqrt(variance(withoutOnes) + variance(withoutOthers));
        return Optional.of(new Estimate(
                distance,
                Math.max(0, distance - NORMAL_95 * error),
                distance + NORMAL_95 * error,
                bias(distance, withoutOnes) + bias(distance, withoutOthers)));
    }

    private interface Statistic {
        double of(List<float[]> kept);
    }

    /** The statistic without each of at most 50 groups; sample i is in group i mod groups. */
    private static double[] leftOut(List<float[]> samples, Statistic statistic) {
        int groups = Math.min(MOST_GROUPS, samples.size());
        double[] values = new double[groups];
        for (int group = 0; group < groups; group++) {
            List<float[]> kept = new ArrayList<>();
            for (int i = 0; i < samples.size(); i++) {
                if (i % groups != group) {
                    kept.add(samples.get(i));
                }
            }
            values[group] = statistic.of(kept);
        }
        return values;
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static double variance(double[] leftOut) {
        double mean = mean(leftOut);
        double sum = 0;
        for (double value : leftOut) {
            sum += (value - mean) * (value - mean);
        }
        return sum * (leftOut.length - 1) / leftOut.length;
    }

    private static double bias(double whole, double[] leftOut) {
        return (leftOut.length - 1) * (mean(leftOut) - whole);
    }

    private static Shape shape(List<float[]> samples) {
        if (samples.size() < 2) {
            throw new IllegalArgumentException("expected features of at least 2 samples, found " + samples.size());
        }
        return new Shape(samples.size(), samples.get(0).length);
    }

    private static double[] values(List<float[]> samples) {
        int width = samples.get(0).length;
        double[] values = new double[samples.size() * width];
        for (int i = 0; i < samples.size(); i++) {
            if (samples.get(i).length != width) {
                throw new IllegalArgumentException(
                        "expected features of width " + width + ", found " + samples.get(i).length);
            }
            for (int j = 0; j < width; j++) {
                values[i * width + j] = samples.get(i)[j];
            }
        }
        return values;
    }

    @Override
    public void close() {
        script.close();
    }
}
