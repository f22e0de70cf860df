package dev.mugv.model.averaging;

/**
 * An average over a training whose weight at update s of t is proportional to s^gamma, so that its width is a fixed share of the training
 * however long that becomes (arXiv 2312.02696, section 3.1).
 *
 * @param length the width, as the deviation of the profile relative to the training's length: sigma_rel, above 0 and below {@link #LONGEST}
 */
public record PowerProfile(double length) {
    /** The deviation of a uniform average, gamma = 0: 1 / sqrt(12), about 0.2887. */
    public static final double LONGEST = 1 / Math.sqrt(12);

    public PowerProfile {
        if (!isLength(length)) {
            throw new IllegalArgumentException(
                    "expected a relative length above 0 and below 0.2887, which is that of the plain mean, found "
                            + length);
        }
    }

    /** Whether a profile can have this length. */
    public static boolean isLength(double length) {
        return length > 0 && length < LONGEST;
    }

    /**
     * The exponent: the largest root of the cubic that length = (gamma + 1)^(1/2) (gamma + 2)^(-1) (gamma + 3)^(-1/2) becomes
     * when it is squared, by the trigonometric solution, and one step of Newton's for what the cosine has rounded off.
     */
    public double gamma() {
        double inverse = 1 / (length * length);
        // gamma^3 + 7 gamma^2 + (16 - inverse) gamma + 12 - inverse = 0; with gamma = x - 7/3: x^3 + p x + q = 0.
        double p = 16 - inverse - 49.0 / 3;
        double q = 2 * 343 / 27.0 - 7 * (16 - inverse) / 3 + 12 - inverse;
        double cosine = Math.max(-1, Math.min(1, 3 * q / (2 * p) * Math.sqrt(-3 / p)));
        double gamma = 2 * Math.sqrt(-p / 3) * Math.cos(Math.acos(cosine) / 3) - 7.0 / 3;
        double value = ((gamma + 7) * gamma + 16 - inverse) * gamma + 12 - inverse;
        double slope = (3 * gamma + 14) * gamma + 16 - inverse;
        return gamma - value / slope;
    }

    /**
     * The share that the weights get in an average that is brought up to date after this update: 1 - beta, with beta = (1 - every / t)^(gamma
     * + 1). The first time it is 1, so that first weights count for nothing.
     *
     * @param update t, a multiple of {@code every}
     * @param every updates between two times
     */
    public double share(long update, int every) {
        return -Math.expm1((gamma() + 1) * Math.log1p(-(double) every / update));
    }

    /**
     * What such an average gives to the weights after an update: the integral of the profile over the updates for which they stand.
     *
     * @param from the update, a multiple of {@code every}
     * @param until the average's last update
     */
    public double weight(long from, long until, int every) {
        double exponent = gamma() + 1;
        return Math.pow((double) from / until, exponent) - Math.pow((double) (from - every) / until, exponent);
    }
}
