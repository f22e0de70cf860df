package dev.mugv.model.train;

import dev.mugv.model.config.SpikeRules;
import dev.mugv.model.config.SpikeRules.Policy;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Judges each update by its loss and gradient norm against running means (Open-Sora Plan's rule: mean plus so many standard
 * deviations), before it is applied. A pure function of the numbers seen, and what it remembers is part of every checkpoint, so a
 * run that was killed judges as one that was not.
 */
final class SpikeGuard {
    private static final String NORM = "norm";
    private static final String LOSS = "loss";
    private static final String OBSERVED = "observed";
    private static final String IN_A_ROW = "spikes-in-a-row";
    private static final String REWINDS = "rewinds";

    private final SpikeRules rules;
    private final Average norms = new Average();
    private final Average losses = new Average();
    private long observed;
    private long inARow;
    private long rewinds;

    /** What to do with one update. */
    enum Action {
        APPLY,
        /** Apply with gradients scaled to the limit. */
        CLIP,
        SKIP,
        REWIND,
        /** There were too many. */
        GIVE_UP
    }

    /**
     * @param limit largest gradient norm to apply
     * @param reason in words, empty where nothing stood out
     */
    record Judgement(Action action, double limit, String reason) {
        boolean isSpike() {
            return action != Action.APPLY;
        }
    }

    /** Running mean and variance; the first values count alike. */
    private static final class Average {
        private double mean;
        private double variance;

        void add(double value, double weight) {
            double off = value - mean;
            mean += weight * off;
            variance = (1 - weight) * (variance + weight * off * off);
        }

        double limit(double sigma) {
            return mean + sigma * Math.sqrt(variance);
        }
    }

    SpikeGuard(SpikeRules rules) {
        this.rules = rules;
    }

    /** Judges finite numbers and remembers them. */
    Judgement judge(double loss, double norm) {
        if (rules.policy() == Policy.OFF) {
            return new Judgement(Action.APPLY, Double.POSITIVE_INFINITY, "");
        }
        double normLimit = norms.limit(rules.sigma());
        double lossLimit = losses.limit(rules.sigma());
        boolean judged = observed >= rules.afterUpdates();
        if (!judged || (norm <= normLimit && loss <= lossLimit)) {
            observe(loss, norm);
            inARow = 0;
            return new Judgement(Action.APPLY, Double.POSITIVE_INFINITY, "");
        }
        inARow++;
        String reason = "loss %.4g (expected up to %.4g), gradient norm %.4g (expected up to %.4g)"
                .formatted(loss, lossLimit, norm, normLimit);
        if (inARow > rules.giveUpAfter() || rewinds >= rules.giveUpAfter()) {
            return new Judgement(Action.GIVE_UP, 0, reason);
        }
        return switch (rules.policy()) {
            case OFF -> throw new IllegalStateException("nothing is looked for");
            case CLIP -> {
                // It is applied, so it counts, as what it was made to be.
                observe(Math.min(loss, lossLimit), Math.min(norm, normLimit));
                yield new Judgement(Action.CLIP, Math.min(norm, normLimit), reason);
            }
            case SKIP -> new Judgement(Action.SKIP, 0, reason);
            case REWIND -> new Judgement(Action.REWIND, 0, reason);
        };
    }

    private void observe(double loss, double norm) {
        double weight = Math.max(1 - rules.decay(), 1.0 / (observed + 1));
        norms.add(norm, weight);
        losses.add(loss, weight);
        observed++;
    }

    /** Everything it remembers. */
    SortedMap<String, Double> state() {
        TreeMap<String, Double> state = new TreeMap<>();
        if (rules.policy() == Policy.OFF) {
            return state;
        }
        state.put(NORM + "-mean", norms.mean);
        state.put(NORM + "-variance", norms.variance);
        state.put(LOSS + "-mean", losses.mean);
        state.put(LOSS + "-variance", losses.variance);
        state.put(OBSERVED, (double) observed);
        state.put(IN_A_ROW, (double) inARow);
        state.put(REWINDS, (double) rewinds);
        return state;
    }

    /** Takes over what another remembered. */
    void restore(SortedMap<String, Double> state) {
        norms.mean = state.getOrDefault(NORM + "-mean", 0.0);
        norms.variance = state.getOrDefault(NORM + "-variance", 0.0);
        losses.mean = state.getOrDefault(LOSS + "-mean", 0.0);
        losses.variance = state.getOrDefault(LOSS + "-variance", 0.0);
        observed = state.getOrDefault(OBSERVED, 0.0).longValue();
        inARow = state.getOrDefault(IN_A_ROW, 0.0).longValue();
        rewinds = state.getOrDefault(REWINDS, 0.0).longValue();
    }

    /** Takes over what was remembered at the checkpoint that is gone back to, and that it was gone back. */
    void rewind(SortedMap<String, Double> state) {
        long before = rewinds;
        restore(state);
        rewinds = before + 1;
        inARow = 0;
    }
}
