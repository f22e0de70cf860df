package dev.mugv.steps.export;

import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageEdge;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NodeKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Something with everything that it was made from, whole: what an export is made of. */
public final class Excerpt {
    private static final int AT_ONCE = 5_000;

    private final LineageNode subject;
    private final TreeMap<Long, LineageNode> nodes;
    private final Map<Long, JsonNode> facts;
    private final List<LineageEdge> edges;
    private final Map<Long, List<LineageEdge>> toParents = new HashMap<>();
    private final TreeMap<Long, List<LineageNode>> made = new TreeMap<>();

    private Excerpt(
            LineageNode subject, TreeMap<Long, LineageNode> nodes, Map<Long, JsonNode> facts, List<LineageEdge> edges) {
        this.subject = subject;
        this.nodes = nodes;
        this.facts = facts;
        this.edges = edges;
        for (LineageEdge edge : edges) {
            toParents.computeIfAbsent(edge.childId(), key -> new ArrayList<>()).add(edge);
            if (edge.role() == EdgeRole.MADE_BY) {
                made.computeIfAbsent(edge.parentId(), key -> new ArrayList<>()).add(node(edge.childId()));
            }
        }
    }

    /** Reads all ancestors of a node, however many there are. */
    public static Excerpt of(LineageReader reader, LineageNode subject) {
        TreeMap<Long, LineageNode> nodes = new TreeMap<>(Map.of(subject.id(), subject));
        List<LineageEdge> edges = new ArrayList<>();
        Set<Long> wave = new LinkedHashSet<>(List.of(subject.id()));
        while (!wave.isEmpty()) {
            Set<Long> next = new LinkedHashSet<>();
            for (List<Long> part : parts(wave)) {
                List<LineageEdge> found = reader.parents(part);
                edges.addAll(found);
                found.stream()
                        .map(LineageEdge::parentId)
                        .filter(id -> !nodes.containsKey(id))
                        .forEach(next::add);
            }
            for (List<Long> part : parts(next)) {
                reader.nodes(part).forEach(node -> nodes.put(node.id(), node));
            }
            wave = next;
        }
        Map<Long, JsonNode> facts = new TreeMap<>();
        for (List<Long> part : parts(nodes.keySet())) {
            facts.putAll(reader.facts(part));
        }
        return new Excerpt(subject, nodes, facts, edges);
    }

    /** What is exported. */
    public LineageNode subject() {
        return subject;
    }

    /** In the order of recording: what a node was made from comes before it. */
    Collection<LineageNode> nodes() {
        return nodes.values();
    }

    boolean contains(long id) {
        return nodes.containsKey(id);
    }

    List<LineageEdge> edges() {
        return edges;
    }

    private static List<List<Long>> parts(Collection<Long> ids) {
        List<Long> all = List.copyOf(ids);
        List<List<Long>> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += AT_ONCE) {
            parts.add(all.subList(from, Math.min(all.size(), from + AT_ONCE)));
        }
        return parts;
    }

    /** Facts of a node of this excerpt. */
    JsonNode factsOf(LineageNode node) {
        return Optional.ofNullable(facts.get(node.id()))
                .orElseThrow(() -> new IllegalStateException(node.key() + " is none of this excerpt"));
    }

    /** A node of this excerpt. */
    LineageNode node(long id) {
        return Optional.ofNullable(nodes.get(id))
                .orElseThrow(() -> new IllegalStateException("node " + id + " is none of this excerpt"));
    }

    /** Attempts that made something of it, in the order of recording. */
    List<LineageNode> makers() {
        return made.keySet().stream().map(this::node).toList();
    }

    /** What an attempt made. */
    List<LineageNode> madeBy(LineageNode attempt) {
        return made.getOrDefault(attempt.id(), List.of());
    }

    /** What an attempt read: the things that what it made was made from, and that it did not make itself. */
    List<LineageNode> usedBy(LineageNode attempt) {
        Set<Long> own = madeBy(attempt).stream().map(LineageNode::id).collect(Collectors.toSet());
        return own.stream()
                .flatMap(id -> parents(id).stream())
                .map(edge -> node(edge.parentId()))
                .filter(parent -> Standing.of(parent.kind()) == Standing.THING && !own.contains(parent.id()))
                .distinct()
                .sorted(Comparator.comparingLong(LineageNode::id))
                .toList();
    }

    /** Machines that an attempt ran on. */
    List<LineageNode> machines(LineageNode attempt) {
        return parents(attempt.id()).stream()
                .filter(edge -> edge.role() == EdgeRole.RAN_ON)
                .map(edge -> node(edge.parentId()))
                .toList();
    }

    /** Edges to what a node was made from. */
    List<LineageEdge> parents(long id) {
        return toParents.getOrDefault(id, List.of());
    }

    /** What a node is in the terms that all formats share. */
    enum Standing {
        /** Something that was made or used. */
        THING,
        /** A doing, with a beginning and an end. */
        DOING,
        /** Who or what was responsible for a doing. */
        AGENT;

        static Standing of(NodeKind kind) {
            return switch (kind) {
                case ATTEMPT, SLURM_JOB -> DOING;
                case NODE -> AGENT;
                case VIDEO,
                        CLIP,
                        CAPTION,
                        TEXT_ENCODER,
                        TEXT_FEATURES,
                        LATENT,
                        CURATION,
                        COMPARISON,
                        CAPTIONS,
                        SHARD,
                        MANIFEST,
                        GIVEN_FILE,
                        CONFIGURATION,
                        CODE_VERSION,
                        ENVIRONMENT,
                        VAE,
                        TRAINING,
                        CHECKPOINT,
                        MERGE,
                        SAMPLE,
                        SAMPLES,
                        LABEL,
                        LABELS,
                        EVALUATION,
                        REPORT,
                        EXPORT,
                        CHECK,
                        PROMPT,
                        PROMPTS -> THING;
            };
        }
    }
}
