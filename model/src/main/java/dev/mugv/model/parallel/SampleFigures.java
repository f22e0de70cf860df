package dev.mugv.model.parallel;

/** Figures of the samples of an update, each known to the rank that computed it; their totals have the same bits on every rank. */
public final class SampleFigures {
    private final double[] values;
    private final int figures;

    /**
     * @param samples how many the update has, over all ranks
     * @param figures how many numbers there are of each
     */
    public SampleFigures(int samples, int figures) {
        this.values = new double[samples * figures];
        this.figures = figures;
    }

    /** Notes what this rank found; once a sample, the first one of those that were computed together. */
    public void put(int sample, double... found) {
        System.arraycopy(found, 0, values, sample * figures, figures);
    }

    /** The sum of every figure over the samples of all ranks, in the order of samples. */
    public double[] totals(Ranks ranks) {
        double[] all = ranks.sums(values);
        double[] totals = new double[figures];
        for (int i = 0; i < all.length; i++) {
            totals[i % figures] += all[i];
        }
        return totals;
    }
}
