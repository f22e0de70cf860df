package dev.mugv.steps.training;

import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.util.List;

/** Plans work that turns the one artifact of an earlier step into another: expansion, merging. */
public final class SingleInputPlanner implements WorkPlanner {
    private final String step;
    private final TaskKind task;
    private final Object order;
    private final String inputStep;
    private final StageInputs inputs;
    private final WorkResources resources;

    /**
     * @param step the Spring Batch step
     * @param task what is done
     * @param order the task's parameters
     * @param inputStep step whose one artifact is the input
     */
    // Six parameters: four say what is planned, two are collaborators; a record of the four would have no other use.
    public SingleInputPlanner(
            String step, TaskKind task, Object order, String inputStep, StageInputs inputs, WorkResources resources) {
        this.step = step;
        this.task = task;
        this.order = order;
        this.inputStep = inputStep;
        this.inputs = inputs;
        this.resources = resources;
    }

    @Override
    public List<WorkItem> plan() {
        return List.of(new WorkItem(step, task, Json.tree(order), List.of(inputs.single(inputStep, step)), resources));
    }
}
