package dev.mugv.steps.provenance;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.OutputManifest;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import dev.mugv.steps.work.WorkItem;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A published artifact with the order that it answers.
 *
 * @param step that asked for it
 * @param label of the piece within the step
 * @param parameters the task's order
 * @param threads compute threads of each process
 * @param ranks processes that made it together
 * @param folder where it is
 */
// Seven components because it is one fact sheet, read whole.
record PublishedWork(
        String step, String label, ArtifactRef ref, JsonNode parameters, int threads, int ranks, Path folder) {
    static PublishedWork of(String step, WorkItem item, ArtifactRef ref, Path folder) {
        return new PublishedWork(
                step,
                item.label(),
                ref,
                item.parameters(),
                item.resources().threads(),
                item.resources().layout().ranks(),
                folder);
    }

    /** The node that an artifact is. */
    static NodeKey key(ArtifactRef ref) {
        return new NodeKey(NodeKind.of(ref.task()), ref.manifestSha256());
    }

    NodeKey key() {
        return key(ref);
    }

    /** Name within the run. */
    String path() {
        return label.equals(step) ? step : step + "/" + label;
    }

    OutputManifest manifest() {
        return read(OutputManifest.FILE_NAME, OutputManifest.class);
    }

    <T> T order(Class<T> type) {
        return Json.value(parameters, type);
    }

    <T> T read(String file, Class<T> type) {
        return Json.read(folder.resolve(file), type);
    }

    /** Nodes of the inputs that some kinds of node are. */
    List<NodeKey> inputs(NodeKind... kinds) {
        return manifest().inputs().stream()
                .map(PublishedWork::key)
                .filter(key -> List.of(kinds).contains(key.kind()))
                .distinct()
                .toList();
    }

    /** Nodes of the inputs that a task has made. */
    List<NodeKey> inputsOf(TaskKind task) {
        return manifest().inputs().stream()
                .filter(ref -> ref.task() == task)
                .map(PublishedWork::key)
                .distinct()
                .toList();
    }

    /** Nodes of all inputs. */
    List<NodeKey> inputs() {
        return manifest().inputs().stream().map(PublishedWork::key).distinct().toList();
    }
}
