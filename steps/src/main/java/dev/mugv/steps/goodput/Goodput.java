package dev.mugv.steps.goodput;

import java.util.List;
import java.util.SortedMap;

/**
 * Where a run's hours went.
 *
 * @param run name
 * @param total of all steps
 * @param steps in the order in which they first ran
 */
public record Goodput(String run, Hours total, List<Step> steps) {
    /** Hours of one step. */
    public record Step(String step, Hours hours) {}

    /**
     * Hours by what they were spent on. Queued hours hold no machine and are no part of used ones.
     *
     * @param runs runs of attempts
     * @param core core-hours by part
     * @param gpu GPU-hours by part; all zero where no rank had a device
     * @param lostByCause core-hours lost, by cause
     */
    public record Hours(int runs, Parts core, Parts gpu, SortedMap<String, Double> lostByCause) {}

    /** Hours by part. */
    public record Parts(double queued, double starting, double productive, double saving, double lost) {
        /** Hours in which a machine was held. */
        public double used() {
            return starting + productive + saving + lost;
        }

        /** Share of the used hours whose result was kept; 1 where none were used. */
        public double goodput() {
            return used() > 0 ? productive / used() : 1;
        }
    }
}
