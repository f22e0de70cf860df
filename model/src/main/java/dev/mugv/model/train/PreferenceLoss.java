package dev.mugv.model.train;

/**
 * A loss over labelled samples, as a function of how much worse (in mean squared velocity error) the model fits each sample
 * than its reference does: delta = e_model - e_reference (mugv.md, section 5.6, with w(t) = 1).
 */
sealed interface PreferenceLoss {
    /**
     * @param loss mean over the batch
     * @param gradient_B derivative with respect to each sample's delta, and so to its error under the model
     * @param reward_B the implicit reward of each sample: positive when the model fits it better than the reference
     */
    record Value(double loss, double[] gradient_B, double[] reward_B) {}

    /** Value and derivative for one batch. */
    Value of(double[] delta_B);

    /**
     * Diffusion-DPO: -log sigmoid(r(winner) - r(loser)) with r = -(beta / 2) delta, mean over pairs. The first half of a
     * batch are winners, the second half their losers.
     */
    record DirectPreference(double beta) implements PreferenceLoss {
        @Override
        public Value of(double[] delta_B) {
            int pairs = delta_B.length / 2;
            double[] gradient_B = new double[delta_B.length];
            double[] reward_B = new double[delta_B.length];
            for (int b = 0; b < delta_B.length; b++) {
                reward_B[b] = -beta / 2 * delta_B[b];
            }
            double loss = 0;
            for (int p = 0; p < pairs; p++) {
                double margin = reward_B[p] - reward_B[pairs + p];
                loss += softplus(-margin) / pairs;
                double slope = sigmoid(-margin) * beta / 2 / pairs;
                gradient_B[p] = slope;
                gradient_B[pairs + p] = -slope;
            }
            return new Value(loss, gradient_B, reward_B);
        }
    }

    /**
     * Diffusion-KTO: -sigmoid(s (r - Q)) with r = -beta delta, s = +1 for a pass and -1 for a fail, mean over samples. Q =
     * max(0, mean of r) is the batch's reference point; no gradient goes through it. Even places of a batch are passes, odd
     * ones fails.
     */
    record KahnemanTversky(double beta) implements PreferenceLoss {
        @Override
        public Value of(double[] delta_B) {
            int batch = delta_B.length;
            double[] gradient_B = new double[batch];
            double[] reward_B = new double[batch];
            double mean = 0;
            for (int b = 0; b < batch; b++) {
                reward_B[b] = -beta * delta_B[b];
                mean += reward_B[b] / batch;
            }
            double referencePoint = Math.max(0, mean);
            double loss = 0;
            for (int b = 0; b < batch; b++) {
                double sign = b % 2 == 0 ? 1 : -1;
                double utility = sigmoid(sign * (reward_B[b] - referencePoint));
                loss -= utility / batch;
                gradient_B[b] = utility * (1 - utility) * sign * beta / batch;
            }
            return new Value(loss, gradient_B, reward_B);
        }
    }

    private static double sigmoid(double x) {
        return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
    }

    /** log(1 + exp(x)) without overflow. */
    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
}
