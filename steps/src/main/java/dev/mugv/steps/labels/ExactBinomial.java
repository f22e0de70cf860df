package dev.mugv.steps.labels;

import org.apache.commons.math3.stat.inference.AlternativeHypothesis;
import org.apache.commons.math3.stat.inference.BinomialTest;
import org.apache.commons.math3.stat.interval.ClopperPearsonInterval;
import org.apache.commons.math3.stat.interval.ConfidenceInterval;

/**
 * How often something happened, with what can be said of it from so few trials: the exact interval (Clopper and Pearson) and
 * the exact two-sided sign test against even chances.
 *
 * @param successes how often
 * @param trials of how many; 0 says nothing
 */
public record ExactBinomial(int successes, int trials) {
    /** Of intervals; a difference is claimed only when chance alone would show as much in fewer than the rest. */
    public static final double CONFIDENCE = 0.95;

    public ExactBinomial {
        if (successes < 0 || successes > trials) {
            throw new IllegalArgumentException("expected 0 to %d successes, found %d".formatted(trials, successes));
        }
    }

    /** The share of successes; NaN without trials. */
    public double share() {
        return (double) successes / trials;
    }

    /** Lower end of the interval; 0 without trials. */
    public double low() {
        return successes == 0
                ? 0
                : successes == trials ? allOneWay() : interval().getLowerBound();
    }

    /** Upper end of the interval; 1 without trials. */
    public double high() {
        return successes == trials
                ? 1
                : successes == 0 ? 1 - allOneWay() : interval().getUpperBound();
    }

    /** Where all of so many successes are just likely enough; the library's interval has no ends of its own. */
    private double allOneWay() {
        return Math.pow((1 - CONFIDENCE) / 2, 1.0 / trials);
    }

    private ConfidenceInterval interval() {
        return new ClopperPearsonInterval().createInterval(trials, successes, CONFIDENCE);
    }

    /** Probability that even chances give as uneven a count; 1 without trials. */
    public double signTest() {
        return trials == 0
                ? 1
                : Math.min(1, new BinomialTest().binomialTest(trials, successes, 0.5, AlternativeHypothesis.TWO_SIDED));
    }

    /** Whether no count whatever of so few trials could show a difference. */
    public boolean isTooFew() {
        return new ExactBinomial(trials, trials).signTest() > 1 - CONFIDENCE;
    }

    /** Whether a difference from even chances is shown. */
    public boolean showsDifference() {
        return signTest() <= 1 - CONFIDENCE;
    }
}
