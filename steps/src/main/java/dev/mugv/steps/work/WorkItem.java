package dev.mugv.steps.work;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.TaskKind;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One piece of heavy work that a step asks for.
 *
 * @param label name within the step, shown to people: a video's path, a stage's name
 * @param task what to do
 * @param parameters the task's order as a tree; part of the artifact key, so it names contents and no places
 * @param inputs published artifacts to read; part of the artifact key
 * @param resources what an attempt needs; not part of the key, but the threads are: they decide the bits
 * @param circumstances what else the worker is told, which decides nothing of the result: not part of the key
 */
public record WorkItem(
        String label,
        TaskKind task,
        JsonNode parameters,
        List<ArtifactRef> inputs,
        WorkResources resources,
        Optional<JsonNode> circumstances) {
    /** One whose worker is told all by its parameters. */
    public WorkItem(
            String label, TaskKind task, JsonNode parameters, List<ArtifactRef> inputs, WorkResources resources) {
        this(label, task, parameters, inputs, resources, Optional.empty());
    }

    public WorkItem {
        inputs = List.copyOf(inputs);
    }

    /** The same under these circumstances. */
    public WorkItem under(JsonNode told) {
        return new WorkItem(label, task, parameters, inputs, resources, Optional.of(told));
    }
}
