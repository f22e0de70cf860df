package dev.mugv.steps.provenance;

import dev.mugv.model.format.CheckpointMerge;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.GivenNetwork;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.format.PlateauLooks;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.TrainVaeOrder;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.format.WeightedClip;
import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageEdge;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NewNode;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Trainings with their checkpoints. A training node is the recipe: inputs, clips with weights, objective and seeds, which is all
 * that the sampler is a function of. Its checkpoints are states of it, each after the one before.
 */
final class TrainingNodes {
    private final LineageReader reader;
    private final ArtifactStore store;
    private final Makers makers;

    TrainingNodes(LineageReader reader, ArtifactStore store, Makers makers) {
        this.reader = reader;
        this.store = store;
        this.makers = makers;
    }

    /** Weights that somebody gave. */
    static void imported(PublishedWork work, Nodes nodes) {
        String sha256 = work.parameters().path("sha256").asString();
        String file = work.parameters().path("file").asString();
        nodes.artifact().from(EdgeRole.GIVEN_AS, nodes.add(NewNode.of(NodeKind.GIVEN_FILE, sha256, file)));
        describe(work, nodes);
    }

    void vae(PublishedWork work, Nodes nodes) {
        TrainVaeOrder order = work.order(TrainVaeOrder.class);
        List<String> trained = ids(order.trainingClips());
        List<String> heldOut = ids(order.validationClips());
        NewNode.Builder training = recipe(work)
                .fact("size", order.size())
                .fact("objective", order.training())
                .from(EdgeRole.TRAINED_ON, nodes.addManifest("clips of the VideoVAE", trained, trained))
                .from(EdgeRole.VALIDATED_ON, nodes.addManifest("held-out clips", heldOut, heldOut));
        order.perceptual().ifPresent(network -> training.from(EdgeRole.INPUT, nodes.add(given(network))));
        finish(work, nodes, nodes.add(training));
    }

    /** A network that somebody gave. */
    static NewNode.Builder given(GivenNetwork network) {
        return NewNode.of(NodeKind.GIVEN_FILE, network.sha256(), network.file().toString());
    }

    void model(PublishedWork work, Nodes nodes) {
        TrainModelOrder order = work.order(TrainModelOrder.class);
        List<String> trained =
                order.trainingClips().stream().map(WeightedClip::clipId).toList();
        List<String> heldOut = order.validationGrid().clipIds();
        List<NodeKey> initial = work.inputs(NodeKind.CHECKPOINT, NodeKind.MERGE);
        NewNode.Builder training = recipe(work)
                .fact("size", order.size())
                .fact("objective", order.objective())
                .fact("validation-seed", order.validationGrid().seed())
                .from(EdgeRole.INITIAL, initial)
                .from(EdgeRole.INPUT, work.inputs(NodeKind.SHARD, NodeKind.SAMPLES, NodeKind.EVALUATION))
                .from(
                        EdgeRole.TRAINED_ON,
                        nodes.addManifest("clips of " + order.objective().name(), order.trainingClips(), trained))
                .from(EdgeRole.VALIDATED_ON, nodes.addManifest("held-out clips", heldOut, heldOut));
        if (order.objective() instanceof TrainModelOrder.Preference preference
                && preference.training().isLabelled()) {
            training.from(
                    EdgeRole.TRAINED_ON,
                    LabelLineage.key(preference.labelsSha256(), work.inputsOf(TaskKind.GENERATE_PREFERENCES)));
        }
        finish(work, nodes, nodes.add(training));
    }

    /** A merged model: from the very checkpoints, with their weights. */
    void merge(PublishedWork work, Nodes nodes) {
        describe(work, nodes);
        CheckpointMerge merge = work.read(CheckpointMerge.FILE_NAME, CheckpointMerge.class);
        nodes.artifact()
                .from(EdgeRole.INPUT, work.inputs())
                .fact("chosen", merge.chosen())
                .fact("weights", merge.weights())
                .fact("candidates", losses(merge))
                .fact("reason", merge.reason());
        for (NodeKey input : work.inputs()) {
            LineageNode published = reader.find(input).orElseThrow();
            Map<Long, LineageNode> states = states(published);
            merge.weights()
                    .forEach(weight -> Optional.ofNullable(states.get((long) weight.update()))
                            .ifPresent(state -> nodes.artifact().from(EdgeRole.MERGED_FROM, state.key())));
        }
    }

    private static SortedMap<String, Double> losses(CheckpointMerge merge) {
        SortedMap<String, Double> losses = new TreeMap<>();
        merge.candidates().forEach(candidate -> losses.put(candidate.name(), candidate.validationLoss()));
        return losses;
    }

    private static NewNode.Builder recipe(PublishedWork work) {
        String code = work.manifest().codeVersion();
        return NewNode.of(NodeKind.TRAINING, work.ref().key(), work.path())
                .fact("artifact-key", work.ref().key())
                .fact("code-version", code)
                .fact("threads", work.threads())
                .from(EdgeRole.CODE, new NodeKey(NodeKind.CODE_VERSION, code));
    }

    /** The checkpoints that are kept, and the published result as what follows the last of them. */
    private void finish(PublishedWork work, Nodes nodes, NodeKey training) {
        SortedMap<Long, NodeKey> states = new TreeMap<>();
        for (KeptCheckpoint kept : KeptCheckpoint.in(store.durableFolder(
                work.ref().task(), new ArtifactKey(work.ref().key())))) {
            Optional<LineageNode> known = reader.find(kept.key());
            NodeKey key = known.isPresent() ? kept.key() : nodes.add(state(work, kept, training, nodes, states));
            states.put(kept.update(), key);
        }
        nodes.artifact().from(EdgeRole.STATE_OF, training);
        if (!states.isEmpty()) {
            nodes.artifact().from(EdgeRole.PREVIOUS, Objects.requireNonNull(states.get(states.lastKey())));
        }
        if (java.nio.file.Files.exists(work.folder().resolve(PlateauLooks.FILE_NAME))) {
            PlateauLooks plateau = work.read(PlateauLooks.FILE_NAME, PlateauLooks.class);
            nodes.artifact().fact("plateau", plateau.words());
            plateau.end().ifPresent(look -> nodes.artifact().fact("plateau-look", look));
        }
        TrainingSummary summary = work.read(TrainingSummary.FILE_NAME, TrainingSummary.class);
        nodes.artifact().fact("update", summary.updates()).fact("scores", scores(summary));
        describe(work, nodes);
    }

    private NewNode state(
            PublishedWork work, KeptCheckpoint kept, NodeKey training, Nodes nodes, SortedMap<Long, NodeKey> before) {
        Optional<Makers.Run> run = makers.at(work.ref(), kept.writtenAt());
        NewNode.Builder node = NewNode.of(
                        NodeKind.CHECKPOINT,
                        kept.key().identity(),
                        "%s after update %d".formatted(work.path(), kept.update()))
                .facts(kept.facts())
                .fact("step", work.step())
                .fact("ranks", work.ranks())
                .from(EdgeRole.STATE_OF, training)
                .from(EdgeRole.ENVIRONMENT, nodes.add(environment(kept.environment())))
                .madeBy(run.map(Makers.Run::attempt));
        run.ifPresent(found -> node.fact("written-by-run", found.number()).fact("written-on", found.host()));
        if (!before.isEmpty()) {
            node.from(EdgeRole.PREVIOUS, Objects.requireNonNull(before.get(before.lastKey())));
        }
        return node.build();
    }

    private static NewNode environment(JsonNode environment) {
        return NewNode.ofDocument(
                        NodeKind.ENVIRONMENT,
                        Json.text(environment),
                        environment.path("engine").asString("environment"))
                .build();
    }

    /** What a model file says of itself. */
    private static void describe(PublishedWork work, Nodes nodes) {
        Path file = work.folder().resolve(ModelDescription.FILE_NAME);
        if (java.nio.file.Files.exists(file)) {
            ModelDescription model = Json.read(file, ModelDescription.class);
            nodes.artifact()
                    .name(model.modelSha256())
                    .fact("weights-sha256", model.modelSha256())
                    .fact("published-weights", model.weights())
                    .fact("parameters", model.parameters())
                    .fact("size", model.size());
        }
    }

    private Map<Long, LineageNode> states(LineageNode published) {
        List<LineageNode> all = new ArrayList<>();
        for (LineageEdge edge : reader.parents(published)) {
            if (edge.role() == EdgeRole.STATE_OF) {
                LineageNode training = reader.nodes(List.of(edge.parentId())).get(0);
                reader.children(training).stream()
                        .filter(child -> child.role() == EdgeRole.STATE_OF && child.childId() != published.id())
                        .forEach(child -> all.addAll(reader.nodes(List.of(child.childId()))));
            }
        }
        Map<Long, LineageNode> byUpdate = new TreeMap<>();
        all.forEach(node -> byUpdate.put(reader.facts(node).path("update").asLong(), node));
        return byUpdate;
    }

    private static SortedMap<String, Double> scores(TrainingSummary summary) {
        SortedMap<String, Double> scores = new TreeMap<>(summary.more());
        scores.put("first-validation-loss", summary.firstValidationLoss());
        scores.put("last-validation-loss", summary.lastValidationLoss());
        scores.put("last-training-loss", summary.lastTrainingLoss());
        return scores;
    }

    private static List<String> ids(List<ClipSource> clips) {
        return clips.stream().map(ClipSource::clipId).toList();
    }
}
