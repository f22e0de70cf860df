package dev.mugv.kernels.reference;

import dev.mugv.kernels.memory.HostElements;

/** Sums in double that are added to elements once, at the end. */
final class Sums {
    private final HostElements target;
    private final double[] sums;

    Sums(HostElements target) {
        this.target = target;
        this.sums = new double[Math.toIntExact(target.count())];
    }

    void add(int index, double value) {
        sums[index] += value;
    }

    void store() {
        for (int i = 0; i < sums.length; i++) {
            target.add(i, sums[i]);
        }
    }
}
