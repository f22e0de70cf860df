package dev.mugv.model.train;

import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.run.Rank;
import dev.mugv.model.run.TaskContext;

/**
 * What the ranks of a training, processes or threads, tell each other besides gradients, so that all decide alike. Collective: every
 * rank calls the same methods in the same order.
 */
interface TrainingPeers {
    /** The ranks that train together; their checkpoints meet in a folder that no other run of this work has used. */
    static TrainingPeers of(Ranks ranks, TaskContext context) {
        Rank process = context.rank();
        if (ranks.size() == 1) {
            return alone(process);
        }
        long meeting = ranks.ofLeader(System.nanoTime());
        Rank rank = new Rank(
                ranks.rank(),
                ranks.size(),
                0,
                process.nodes(),
                process.rendezvous().resolve("training-" + Long.toHexString(meeting)));
        return new TrainingPeers() {
            @Override
            public Rank rank() {
                return rank;
            }

            @Override
            public double[][] gather(double... own) {
                double[] flat = new double[own.length * ranks.size()];
                System.arraycopy(own, 0, flat, ranks.rank() * own.length, own.length);
                // Each place is one rank's alone, so the sum is exact.
                double[] all = ranks.sums(flat);
                double[][] byRank = new double[ranks.size()][own.length];
                for (int each = 0; each < byRank.length; each++) {
                    System.arraycopy(all, each * own.length, byRank[each], 0, own.length);
                }
                return byRank;
            }
        };
    }

    /** A training of one rank. */
    static TrainingPeers alone(Rank rank) {
        return new TrainingPeers() {
            @Override
            public Rank rank() {
                return rank;
            }

            @Override
            public double[][] gather(double... own) {
                return new double[][] {own.clone()};
            }
        };
    }

    /** Which of the ranks this one is. */
    Rank rank();

    /** Every rank's numbers, in the order of ranks; as many from each. */
    double[][] gather(double... own);
}
