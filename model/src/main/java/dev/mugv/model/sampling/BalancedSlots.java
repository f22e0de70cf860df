package dev.mugv.model.sampling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Gives the samples of an update to its slots so that ranks finish together. Slots are shared as gradients are summed ({@code
 * SampleTree}): of R ranks, rank r has slots r, r + R, r + 2R, ... So the samples are parted into the even slots and the odd ones at
 * about equal cost, each half again into the two classes modulo 4, and so on: one order that is balanced for 2, 4, 8, ... ranks at
 * once, and therefore no function of their number. For other numbers of ranks it is an order like any other.
 */
final class BalancedSlots {
    /** Relative; a gain by rounding alone could be undone and made again for ever. */
    private static final double LEAST_GAIN = 1e-9;

    private BalancedSlots() {}

    /**
     * The sample of every slot: a permutation.
     *
     * @param costs of the samples; equal ones are taken in their order
     */
    static int[] of(double[] costs) {
        int[] slots = new int[costs.length];
        List<Integer> all =
                new ArrayList<>(IntStream.range(0, costs.length).boxed().toList());
        part(all, costs, slots, 1, 0);
        return slots;
    }

    /** Share of the time that ranks wait for the slowest, on average, if costs are true. */
    static double idleShare(double[] costsBySlot, int ranks) {
        double[] loads = new double[ranks];
        for (int slot = 0; slot < costsBySlot.length; slot++) {
            loads[slot % ranks] += costsBySlot[slot];
        }
        double most = Arrays.stream(loads).max().orElse(0);
        return most > 0 ? 1 - Arrays.stream(loads).average().orElse(0) / most : 0;
    }

    private static void part(List<Integer> samples, double[] costs, int[] slots, int stride, int first) {
        if (samples.size() == 1) {
            slots[first] = samples.get(0);
        }
        if (samples.size() < 2) {
            return;
        }
        List<Integer> even = new ArrayList<>();
        List<Integer> odd = new ArrayList<>();
        int most = (samples.size() + 1) / 2;
        double load = 0; // of the even slots, less that of the odd ones
        for (int sample : costliestFirst(samples, costs)) {
            boolean isEven = odd.size() == samples.size() - most || (even.size() < most && load <= 0);
            (isEven ? even : odd).add(sample);
            load += isEven ? costs[sample] : -costs[sample];
        }
        even(even, odd, load, costs);
        part(even, costs, slots, 2 * stride, first);
        part(odd, costs, slots, 2 * stride, first + stride);
    }

    /** Changes places, the pair that helps most first, until no pair helps: what the costliest-first rule leaves uneven. */
    private static void even(List<Integer> even, List<Integer> odd, double difference, double[] costs) {
        double load = difference;
        while (true) {
            double least = Math.abs(load) * (1 - LEAST_GAIN);
            int left = -1;
            int right = -1;
            for (int i = 0; i < even.size(); i++) {
                for (int j = 0; j < odd.size(); j++) {
                    double after = Math.abs(load - 2 * (costs[even.get(i)] - costs[odd.get(j)]));
                    if (after < least) {
                        least = after;
                        left = i;
                        right = j;
                    }
                }
            }
            if (left < 0) {
                return;
            }
            load -= 2 * (costs[even.get(left)] - costs[odd.get(right)]);
            even.set(left, odd.set(right, even.get(left)));
        }
    }

    private static List<Integer> costliestFirst(List<Integer> samples, double[] costs) {
        return samples.stream()
                .sorted(Comparator.comparingDouble((Integer sample) -> -costs[sample])
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
    }
}
