package dev.mugv.model.averaging;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * A profile of any length as a sum of kept snapshots, after the fact (arXiv 2312.02696, section 3.2 and appendix C): the coefficients whose
 * sum of the snapshots' profiles is nearest to the profile asked for, in the mean square over the training, scaled to sum to 1.
 *
 * @param snapshots what the coefficients belong to
 * @param coefficients one a snapshot; some are negative
 * @param error distance of the sum's profile to the one asked for, relative to the size of the latter: 0 is that very profile
 */
public record ProfileSynthesis(List<Snapshot> snapshots, List<Double> coefficients, double error) {
    /**
     * An average that was kept.
     *
     * @param update its last one
     * @param profile its weights
     */
    public record Snapshot(long update, PowerProfile profile) {}

    public ProfileSynthesis {
        snapshots = List.copyOf(snapshots);
        coefficients = List.copyOf(coefficients);
    }

    /**
     * Solves for the coefficients, in double.
     *
     * @param snapshots at least one, no two alike
     * @param wanted the profile, and the update at which it ends
     */
    public static ProfileSynthesis of(List<Snapshot> snapshots, Snapshot wanted) {
        if (snapshots.isEmpty()) {
            throw new IllegalArgumentException("expected snapshots to put a profile together from, found none");
        }
        int count = snapshots.size();
        // Every profile is scaled to size 1: those of long and short averages then weigh alike, which keeps the digits.
        RealMatrix products = new Array2DRowRealMatrix(count, count);
        RealVector against = new ArrayRealVector(count);
        double wantedSize = Math.sqrt(product(wanted, wanted));
        double[] sizes = snapshots.stream()
                .mapToDouble(each -> Math.sqrt(product(each, each)))
                .toArray();
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < count; j++) {
                products.setEntry(i, j, product(snapshots.get(i), snapshots.get(j)) / (sizes[i] * sizes[j]));
            }
            against.setEntry(i, product(snapshots.get(i), wanted) / (sizes[i] * wantedSize));
        }
        // Profiles of neighbours are much alike: what is dependent to the last digits gets no coefficient of its own.
        RealVector solved = new SingularValueDecomposition(products).getSolver().solve(against);
        List<Double> coefficients = new ArrayList<>();
        double sum = 0;
        for (int i = 0; i < count; i++) {
            double coefficient = solved.getEntry(i) * wantedSize / sizes[i];
            coefficients.add(coefficient);
            sum += coefficient;
        }
        double whole = sum;
        coefficients.replaceAll(coefficient -> coefficient / whole);
        return new ProfileSynthesis(snapshots, coefficients, error(snapshots, coefficients, wanted));
    }

    private static double error(List<Snapshot> snapshots, List<Double> coefficients, Snapshot wanted) {
        double square = product(wanted, wanted);
        for (int i = 0; i < snapshots.size(); i++) {
            square -= 2 * coefficients.get(i) * product(snapshots.get(i), wanted);
            for (int j = 0; j < snapshots.size(); j++) {
                square += coefficients.get(i) * coefficients.get(j) * product(snapshots.get(i), snapshots.get(j));
            }
        }
        // A difference of sums that are as large as the profile: below its rounding it may come out under 0.
        return Math.sqrt(Math.max(0, square) / product(wanted, wanted));
    }

    /** The integral over the training of one profile times another; each is 0 after its last update. */
    private static double product(Snapshot one, Snapshot other) {
        double gamma = one.profile().gamma();
        double otherGamma = other.profile().gamma();
        boolean isEarlier = one.update() < other.update();
        double ratio = (double) one.update() / other.update();
        double decay = Math.pow(ratio, isEarlier ? otherGamma : -gamma);
        double end = Math.max(one.update(), other.update());
        return (gamma + 1) * (otherGamma + 1) * decay / ((gamma + otherGamma + 1) * end);
    }
}
