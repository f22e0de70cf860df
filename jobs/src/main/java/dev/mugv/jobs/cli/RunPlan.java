package dev.mugv.jobs.cli;

import java.util.List;

/**
 * What a command would do; what {@code mugv plan --json} prints.
 *
 * @param steps in order; steps of the controller itself, which take moments, are left out
 * @param gpuHoursAtMost by time limits, of what is known
 * @param cpuHoursAtMost by time limits, of what is known
 */
record RunPlan(String run, String job, List<StepPlan> steps, double gpuHoursAtMost, double cpuHoursAtMost) {
    /**
     * One step. Many components because it is one line of a table, read whole.
     *
     * @param planned whether it can be planned now
     * @param note why it cannot, or what may still change
     * @param due pieces that would be submitted
     * @param because how many of them for which reason
     * @param resources of one piece, as they are asked for
     * @param secondsSoFar mean time of pieces of this step that succeeded before; 0 when there are none
     * @param gpuHours expected by that mean, or -1 when there is none
     * @param gpuHoursAtMost by the time limit
     */
    record StepPlan(
            String step,
            boolean planned,
            String note,
            long pieces,
            long upToDate,
            long inWork,
            long due,
            String because,
            String resources,
            double secondsSoFar,
            double gpuHours,
            double cpuHours,
            double gpuHoursAtMost,
            double cpuHoursAtMost) {}
}
