package dev.mugv.steps.work;

import java.util.List;

/** Says which pieces of work make up a step. */
@FunctionalInterface
public interface WorkPlanner {
    /**
     * Plans the step from the catalogs and the configuration; the same state gives the same plan, with distinct labels in
     * a fixed order. May forget catalog rows of earlier plans, has no other effect.
     *
     * @throws dev.mugv.model.run.WorkFailure when the step cannot be planned, for example because nothing was kept
     */
    List<WorkItem> plan();
}
