package dev.mugv.model.curation;

/**
 * How well frames between two end frames are explained as {@code (1 - weight) * first + weight * last}, by least squares
 * over the coarse pictures.
 */
final class BlendFit {
    private static final double HALF_LEVELS = 2;

    private final int[] first;
    private final int[] change;
    private final double energy;

    BlendFit(ShotFrame first, ShotFrame last) {
        this.first = first.coarse();
        change = new int[this.first.length];
        int sum = 0;
        for (int at = 0; at < change.length; at++) {
            int difference = last.coarse()[at] - this.first[at];
            change[at] = difference;
            sum += difference * difference;
        }
        energy = Math.max(1, sum);
    }

    /** Root mean square difference of the two end frames, in levels. */
    double distance() {
        return Math.sqrt(energy / change.length) / HALF_LEVELS;
    }

    /** The last frame's weight in this frame; not limited to 0..1. */
    double weight(ShotFrame frame) {
        int[] picture = frame.coarse();
        int product = 0;
        for (int at = 0; at < change.length; at++) {
            product += (picture[at] - first[at]) * change[at];
        }
        return product / energy;
    }

    /** Energy that the blend of this weight leaves unexplained, as a part of the energy between the end frames. */
    double residual(ShotFrame frame, double weight) {
        int[] picture = frame.coarse();
        int own = 0;
        for (int at = 0; at < change.length; at++) {
            int difference = picture[at] - first[at];
            own += difference * difference;
        }
        // The fitted weight makes the rest orthogonal to the change between the ends.
        return Math.max(0, own / energy - weight * weight);
    }
}
