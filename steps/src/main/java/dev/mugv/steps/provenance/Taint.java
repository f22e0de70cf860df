package dev.mugv.steps.provenance;

import dev.mugv.steps.lineage.Direction;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NodeKind;
import dev.mugv.steps.provenance.DrawnClips.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * What a clip, a video, a label or a machine has touched.
 *
 * @param start where it begins
 * @param byKind how many nodes of each kind were made from it, directly or not
 * @param results models, evaluations, reports and exports among them, in the order of making
 */
public record Taint(LineageNode start, SortedMap<NodeKind, Long> byKind, List<Result> results) {
    private static final List<NodeKind> RESULTS = List.of(
            NodeKind.VAE,
            NodeKind.TRAINING,
            NodeKind.CHECKPOINT,
            NodeKind.MERGE,
            NodeKind.EVALUATION,
            NodeKind.REPORT,
            NodeKind.EXPORT);

    /** Whether draws are counted, which looks at every slot of every update. */
    public enum Counting {
        /** Of trainings that are looked at in a moment. */
        OF_SMALL_TRAININGS,
        OF_ALL;

        private long slots() {
            return this == OF_ALL ? Long.MAX_VALUE : 50_000;
        }
    }

    public Taint {
        results = List.copyOf(results);
    }

    /**
     * A result that is touched.
     *
     * @param draws how often its training, up to it, drew the clips asked about; absent where nothing was drawn or it was not
     *     counted
     */
    public record Result(LineageNode node, OptionalLong draws) {}

    /** Finds what was made from a node. */
    public static Taint of(LineageReader reader, LineageNode start, Counting counting) {
        List<LineageNode> all = reader.influence(start, Direction.DOWN, List.of(NodeKind.values()));
        SortedMap<NodeKind, Long> byKind = new TreeMap<>();
        List<LineageNode> touched;
        if (all.size() < LineageReader.WHOLE) {
            all.forEach(node -> byKind.merge(node.kind(), 1L, Long::sum));
            touched = all.stream().filter(node -> RESULTS.contains(node.kind())).toList();
        } else {
            byKind.putAll(reader.countInfluence(start, Direction.DOWN));
            touched = reader.influence(start, Direction.DOWN, RESULTS);
        }
        Map<Long, Long> draws = draws(reader, touched, clips(reader, start), counting);
        return new Taint(
                start,
                byKind,
                touched.stream()
                        .map(node -> new Result(
                                node,
                                draws.containsKey(node.id())
                                        ? OptionalLong.of(draws.getOrDefault(node.id(), 0L))
                                        : OptionalLong.empty()))
                        .toList());
    }

    /** Draws by node id, of trainings and their states. */
    private static Map<Long, Long> draws(
            LineageReader reader, List<LineageNode> touched, Set<String> clips, Counting counting) {
        Map<Long, Long> draws = new HashMap<>();
        if (clips.isEmpty()) {
            return draws;
        }
        Map<Long, JsonNode> facts = reader.facts(touched.stream()
                .filter(node -> node.kind() == NodeKind.CHECKPOINT || node.kind() == NodeKind.TRAINING)
                .map(LineageNode::id)
                .toList());
        Map<Long, List<Long>> statesByTraining = new HashMap<>();
        reader.edgesAmong(facts.keySet()).stream()
                .filter(edge -> edge.role() == EdgeRole.STATE_OF)
                .forEach(edge -> statesByTraining
                        .computeIfAbsent(edge.parentId(), key -> new ArrayList<>())
                        .add(edge.childId()));
        DrawnClips drawn = new DrawnClips(reader);
        for (LineageNode training : touched) {
            if (training.kind() == NodeKind.TRAINING && drawn.draws(Objects.requireNonNull(facts.get(training.id())))) {
                SortedMap<Long, Long> updates = new TreeMap<>();
                for (long state : statesByTraining.getOrDefault(training.id(), List.of())) {
                    updates.put(state, updateOf(facts, state));
                }
                if (drawn.slots(new Position(training, max(updates))) <= counting.slots()) {
                    SortedMap<Long, Long> upTo = drawn.countUpTo(training, clips, new TreeSet<>(updates.values()));
                    updates.forEach((state, update) -> draws.put(state, upTo.getOrDefault(update, 0L)));
                    draws.put(
                            training.id(),
                            upTo.values().stream()
                                    .mapToLong(Long::longValue)
                                    .max()
                                    .orElse(0));
                }
            }
        }
        return draws;
    }

    private static long updateOf(Map<Long, JsonNode> facts, long state) {
        JsonNode of = facts.get(state);
        return of == null ? 0 : of.path("update").asLong(0);
    }

    private static long max(SortedMap<Long, Long> updates) {
        return updates.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    private static Set<String> clips(LineageReader reader, LineageNode start) {
        return switch (start.kind()) {
            case CLIP -> Set.of(start.key().identity());
            case VIDEO ->
                reader
                        .nodes(reader.children(start).stream()
                                .map(edge -> edge.childId())
                                .toList())
                        .stream()
                        .filter(node -> node.kind() == NodeKind.CLIP)
                        .map(node -> node.key().identity())
                        .collect(Collectors.toSet());
            default -> Set.of();
        };
    }
}
