package dev.mugv.model.train;

import dev.mugv.model.config.PlateauSchedule;
import dev.mugv.model.format.PlateauLooks;
import java.util.List;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * How a validation loss fell over a window of validations, with its uncertainty.
 *
 * <p>Each clip is paired with itself: a straight line is fitted through its losses (means over its timesteps), so what makes clips easy or hard
 * drops out, and all of the window's validations count, not two of them. The improvement is the sum of what the lines fall by over the
 * window, over the sum of the losses at its beginning. Two things make it uncertain, which are added as variances: that other clips
 * could have been held out (how differently clips improve, by the ratio's linear form), and that every update leaves the weights a little
 * off their path, which moves all clips together and is seen in how the mean scatters around its own line. Degrees of freedom are those
 * of Welch and Satterthwaite. Where the loss falls in a curve, the line says more than what the last update brings, and scatters more: both
 * keep a stage going.
 */
final class WindowTrend {
    /** Square of the rounding of a share. */
    private static final double LEAST = 1e-28;

    private final double[][] losses;
    private final int clips;
    private final int window;

    private WindowTrend(double[][] losses) {
        this.losses = losses;
        this.window = losses.length - 1;
        this.clips = losses[0].length;
    }

    /**
     * A look at a window.
     *
     * @param updates of its validations, rising
     * @param losses of each validation by clip
     */
    static PlateauLooks.Look look(List<Long> updates, List<double[]> losses, PlateauSchedule schedule) {
        WindowTrend trend = new WindowTrend(losses.toArray(double[][]::new));
        double since = mean(trend.losses[0]);
        double[] byClip = trend.improvements();
        double improvement = mean(byClip) / since;
        double ofClips = trend.clipVariance(byClip, improvement, since);
        double ofUpdates = trend.updateVariance(since);
        double freedom = freedom(ofClips, trend.clips - 1, ofUpdates, trend.window - 1);
        double reach = new TDistribution(null, freedom).inverseCumulativeProbability(1 - schedule.level())
                * Math.sqrt(ofClips + ofUpdates);
        return new PlateauLooks.Look(
                updates.get(0),
                updates.get(updates.size() - 1),
                since,
                mean(trend.losses[trend.window]),
                improvement,
                improvement - reach,
                improvement + reach,
                Math.sqrt(ofClips),
                Math.sqrt(ofUpdates),
                freedom,
                improvement + reach < schedule.rule().leastImprovement());
    }

    /** What each clip's line falls by over the window. */
    private double[] improvements() {
        double[] improvements = new double[clips];
        for (int clip = 0; clip < clips; clip++) {
            double sum = 0;
            for (int j = 0; j <= window; j++) {
                sum += (j - window / 2.0) * losses[j][clip];
            }
            improvements[clip] = -sum / spread() * window;
        }
        return improvements;
    }

    /** Sum of squares of the validations' places around their middle. */
    private double spread() {
        return window * (window + 1.0) * (window + 2.0) / 12;
    }

    private double clipVariance(double[] improvements, double improvement, double since) {
        double sum = 0;
        for (int clip = 0; clip < clips; clip++) {
            double rest = (improvements[clip] - improvement * losses[0][clip]) / since;
            sum += rest * rest;
        }
        return sum / clips / (clips - 1);
    }

    private double updateVariance(double since) {
        double[] means = new double[window + 1];
        for (int j = 0; j <= window; j++) {
            means[j] = mean(losses[j]);
        }
        double middle = mean(means);
        double slope = 0;
        for (int j = 0; j <= window; j++) {
            slope += (j - window / 2.0) * means[j] / spread();
        }
        double sum = 0;
        for (int j = 0; j <= window; j++) {
            double rest = means[j] - middle - slope * (j - window / 2.0);
            sum += rest * rest;
        }
        return sum / (window - 1) * window * window / spread() / since / since;
    }

    private static double freedom(double first, int freedomOfFirst, double second, int freedomOfSecond) {
        double sum = first + second;
        // Of losses that do not move but for rounding there is nothing to be uncertain about.
        return sum < LEAST
                ? freedomOfSecond
                : sum * sum / (first * first / freedomOfFirst + second * second / freedomOfSecond);
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
