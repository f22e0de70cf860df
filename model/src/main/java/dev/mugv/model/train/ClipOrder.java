package dev.mugv.model.train;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.format.WeightedClip;
import java.util.List;

/**
 * Which clip each slot of each update gets: weighted draws with replacement, as a pure function of (seed, update, slot).
 */
final class ClipOrder {
    private static final String PURPOSE = "clip-order";

    private final long seed;
    private final List<WeightedClip> clips;
    private final double[] upTo;

    ClipOrder(long seed, List<WeightedClip> clips) {
        this.seed = seed;
        this.clips = List.copyOf(clips);
        this.upTo = new double[clips.size()];
        double sum = 0;
        for (int i = 0; i < upTo.length; i++) {
            sum += clips.get(i).weight();
            upTo[i] = sum;
        }
    }

    boolean isEmpty() {
        return clips.isEmpty();
    }

    String clip(long update, int slot) {
        double drawn = CounterNoise.of(seed, PURPOSE, update, slot).uniform(0) * upTo[upTo.length - 1];
        int index = 0;
        while (index < upTo.length - 1 && upTo[index] <= drawn) {
            index++;
        }
        return clips.get(index).clipId();
    }
}
