package dev.mugv.steps.provenance;

import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.TrainModelOrder.FlowMatching;
import dev.mugv.model.format.TrainModelOrder.Objective;
import dev.mugv.model.format.TrainModelOrder.Preference;
import dev.mugv.model.format.WeightedClip;
import dev.mugv.model.run.Json;
import dev.mugv.model.sampling.AlignmentDraws;
import dev.mugv.model.sampling.StageDraws;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageEdge;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NodeKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Which clips a training of the diffusion transformer has drawn, computed from what its sampler is a function of: objective with
 * seed and batch, clips with weights, and which of them were encoded at which shape. The same function that the trainer calls.
 */
public final class DrawnClips {
    private final LineageReader reader;

    public DrawnClips(LineageReader reader) {
        this.reader = reader;
    }

    /**
     * How often a clip was drawn.
     *
     * @param draws slots that showed it
     * @param firstUpdate the first update that did, from 1
     * @param lastUpdate the last one
     */
    public record Draws(long draws, long firstUpdate, long lastUpdate) {
        private Draws again(long update) {
            return new Draws(draws + 1, firstUpdate, update);
        }
    }

    /** A training and how far a checkpoint of it went. */
    public record Position(LineageNode training, long updates) {}

    /** The training that a node is a state of, or is. */
    public Optional<Position> position(LineageNode node) {
        if (node.kind() == NodeKind.TRAINING) {
            return stage(reader.facts(node)).map(stage -> new Position(node, made(node, stage)));
        }
        return reader.parents(node).stream()
                .filter(edge -> edge.role() == EdgeRole.STATE_OF)
                .findFirst()
                .map(edge -> new Position(
                        reader.nodes(List.of(edge.parentId())).get(0),
                        reader.facts(node).path("update").asLong()));
    }

    /** Updates that a training made: its last state tells, for a rule may have ended it before what was planned. */
    private long made(LineageNode training, TrainingStage stage) {
        return reader.children(training).stream()
                .filter(edge -> edge.role() == EdgeRole.STATE_OF)
                .mapToLong(edge -> reader.facts(
                                reader.nodes(List.of(edge.childId())).get(0))
                        .path("update")
                        .asLong(0))
                .max()
                .orElse(stage.updates());
    }

    /** Slots to be looked at, to know beforehand what an answer costs; 0 of what is no such training. */
    public long slots(Position position) {
        return stage(reader.facts(position.training()))
                .map(stage -> position.updates() * stage.batch())
                .orElse(0L);
    }

    /**
     * Draws by clip id up to an update, that included; of a preference stage those of its regulariser, if it has a weight. Empty of
     * what is no training of the diffusion transformer.
     */
    public SortedMap<String, Draws> drawn(Position position) {
        SortedMap<String, Draws> drawn = new TreeMap<>();
        Optional<TrainingStage> stage = stage(reader.facts(position.training()));
        if (stage.isEmpty()) {
            return drawn;
        }
        StageDraws draws = stageDraws(position.training(), stage.get());
        for (long update = 1; update <= position.updates(); update++) {
            for (int slot = 0; slot < stage.get().batch(); slot++) {
                long now = update;
                drawn.merge(
                        draws.draw(update, slot).clipId(), new Draws(1, now, now), (before, one) -> before.again(now));
            }
        }
        return drawn;
    }

    /** Whether a training draws clips that were encoded, by its facts. */
    boolean draws(JsonNode facts) {
        return stage(facts).isPresent();
    }

    /** How often any of some clips was drawn up to each of some updates. */
    SortedMap<Long, Long> countUpTo(LineageNode training, Set<String> clips, SortedSet<Long> updates) {
        SortedMap<Long, Long> counts = new TreeMap<>();
        Optional<TrainingStage> stage = stage(reader.facts(training));
        Optional<StageDraws> draws = stage.map(found -> stageDraws(training, found));
        if (draws.isPresent() && !updates.isEmpty()) {
            long count = 0;
            for (long update = 1; update <= updates.last(); update++) {
                for (int slot = 0; slot < stage.orElseThrow().batch(); slot++) {
                    count += clips.contains(draws.get().draw(update, slot).clipId()) ? 1 : 0;
                }
                if (updates.contains(update)) {
                    counts.put(update, count);
                }
            }
        }
        return counts;
    }

    private StageDraws stageDraws(LineageNode training, TrainingStage stage) {
        Set<String> encoded = encoded(training);
        return new StageDraws(stage, clips(training), (clip, shape) -> encoded.contains(place(clip, shape.label())));
    }

    private static Optional<TrainingStage> stage(JsonNode facts) {
        JsonNode objective = facts.path("objective");
        if (!objective.has("kind")) {
            return Optional.empty();
        }
        Objective read = TrainModelOrder.objective(objective);
        if (read instanceof FlowMatching flow) {
            return Optional.of(flow.stage());
        }
        Preference preference = (Preference) read;
        return preference.training().sftWeight() > 0
                ? Optional.of(AlignmentDraws.regulariser(preference))
                : Optional.empty();
    }

    private List<WeightedClip> clips(LineageNode training) {
        for (LineageEdge edge : reader.parents(training)) {
            LineageNode parent = reader.nodes(List.of(edge.parentId())).get(0);
            if (edge.role() == EdgeRole.TRAINED_ON && parent.kind() == NodeKind.MANIFEST) {
                return List.of(Json.parse(reader.document(parent).orElseThrow(), WeightedClip[].class));
            }
        }
        throw new IllegalStateException("training " + training.key() + " has no list of clips");
    }

    /** Clips and shapes that the training's shards hold. */
    private Set<String> encoded(LineageNode training) {
        Set<String> encoded = new HashSet<>();
        for (LineageEdge edge : reader.parents(training)) {
            if (edge.role() == EdgeRole.INPUT) {
                LineageNode input = reader.nodes(List.of(edge.parentId())).get(0);
                if (input.kind() == NodeKind.SHARD) {
                    Collection<Long> parts = new ArrayList<>();
                    reader.parents(input).stream()
                            .filter(part -> part.role() == EdgeRole.CONTAINS)
                            .forEach(part -> parts.add(part.parentId()));
                    for (JsonNode facts : reader.facts(parts).values()) {
                        if (facts.has("shape")) {
                            encoded.add(place(
                                    facts.path("clip").asString(),
                                    facts.path("shape").asString()));
                        }
                    }
                }
            }
        }
        return encoded;
    }

    private static String place(String clip, String shape) {
        return clip + " " + shape;
    }
}
