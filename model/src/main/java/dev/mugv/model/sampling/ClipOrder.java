package dev.mugv.model.sampling;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.format.WeightedClip;
import java.util.List;

/**
 * Which clip each slot of each update gets: weighted draws with replacement, as a pure function of (seed, update, slot).
 */
public final class ClipOrder {
    private static final String PURPOSE = "clip-order";

    private final long seed;
    private final List<WeightedClip> clips;
    private final double[] upTo;

    /** @param clips at least one */
    public ClipOrder(long seed, List<WeightedClip> clips) {
        this.seed = seed;
        this.clips = List.copyOf(clips);
        this.upTo = new double[clips.size()];
        double sum = 0;
        for (int i = 0; i < upTo.length; i++) {
            sum += clips.get(i).weight();
            upTo[i] = sum;
        }
    }

    /** The clip of a slot, from 0, at an update, from 1. */
    public String clip(long update, int slot) {
        double drawn = CounterNoise.of(seed, PURPOSE, update, slot).uniform(0) * upTo[upTo.length - 1];
        int low = 0;
        int high = upTo.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (upTo[middle] <= drawn) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return clips.get(low).clipId();
    }
}
