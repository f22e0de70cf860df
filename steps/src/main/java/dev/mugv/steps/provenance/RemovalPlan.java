package dev.mugv.steps.provenance;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.lineage.Direction;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NodeKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What it would take to remove a video and everything that it touched. A plan: nothing is done.
 *
 * @param video what is to be forgotten
 * @param delete folders and files that hold something of it
 * @param remake work to be done again without it, in the order of making, with what it took
 * @param total of all that is to be done again
 */
public record RemovalPlan(LineageNode video, List<Deletion> delete, List<Remake> remake, Cost total) {
    /** Kinds of artifact that lie in the store under their key. */
    private static final List<NodeKind> ARTIFACTS = List.of(
            NodeKind.CURATION,
            NodeKind.COMPARISON,
            NodeKind.CAPTIONS,
            NodeKind.VAE,
            NodeKind.SHARD,
            NodeKind.CHECKPOINT,
            NodeKind.MERGE,
            NodeKind.SAMPLES,
            NodeKind.EVALUATION,
            NodeKind.REPORT,
            NodeKind.EXPORT);

    public RemovalPlan {
        delete = List.copyOf(delete);
        remake = List.copyOf(remake);
    }

    /**
     * @param path what to delete
     * @param node what lies there
     */
    public record Deletion(Path path, LineageNode node) {}

    /**
     * @param node what is to be made again
     * @param cost what it took
     */
    public record Remake(LineageNode node, Cost cost) {}

    /** Plans the removal of a video of a workspace. */
    public static RemovalPlan of(LineageReader reader, LineageNode video, Path workspace) {
        ArtifactStore store = new ArtifactStore(workspace);
        Set<Deletion> delete = new LinkedHashSet<>();
        List<Remake> remake = new ArrayList<>();
        delete.add(new Deletion(workspace.resolve("videos").resolve(video.key().identity()), video));
        Cost total = Cost.NONE;
        Set<String> counted = new LinkedHashSet<>();
        for (LineageNode node : reader.influence(video, Direction.DOWN, ARTIFACTS)) {
            JsonNode facts = reader.facts(node);
            Optional<TaskKind> task = Arrays.stream(TaskKind.values())
                    .filter(kind -> kind.label().equals(facts.path("task").asString("")))
                    .findFirst();
            if (task.isPresent()) {
                ArtifactKey key = new ArtifactKey(facts.path("artifact-key").asString());
                delete.add(new Deletion(store.folder(task.get(), key), node));
                if (isStateOfTraining(reader, node)) {
                    delete.add(new Deletion(store.durableFolder(task.get(), key), node));
                }
                if (node.kind() != NodeKind.CURATION && counted.add(key.value())) {
                    Cost cost = Cost.of(reader, node);
                    remake.add(new Remake(node, cost));
                    total = total.plus(cost);
                }
            } else if (facts.has("page") || facts.has("path")) {
                delete.add(new Deletion(
                        Path.of(facts.path("page").asString(facts.path("path").asString(""))), node));
            }
        }
        return new RemovalPlan(video, List.copyOf(delete), remake, total);
    }

    private static boolean isStateOfTraining(LineageReader reader, LineageNode node) {
        return reader.parents(node).stream().anyMatch(edge -> edge.role() == EdgeRole.STATE_OF);
    }
}
