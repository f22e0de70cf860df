package dev.mugv.steps.export;

import dev.mugv.model.run.Json;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageEdge;
import dev.mugv.steps.lineage.LineageNode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * An excerpt as W3C PROV in its JSON serialisation (PROV-JSON, W3C member submission of 24 April 2013): things are entities,
 * attempts and Slurm jobs activities, machines agents.
 */
public final class ProvDocument {
    static final String NAMESPACE = "urn:mugv:lineage:";

    private final Excerpt excerpt;
    private final Map<String, Map<String, Object>> sections = new LinkedHashMap<>();
    private final Set<Map<String, Object>> said = new HashSet<>();

    private ProvDocument(Excerpt excerpt) {
        this.excerpt = excerpt;
    }

    /** The document's text. */
    public static String of(Excerpt excerpt) {
        ProvDocument document = new ProvDocument(excerpt);
        excerpt.nodes().forEach(document::add);
        excerpt.edges().forEach(document::add);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("prefix", Map.of("mugv", NAMESPACE));
        all.putAll(document.sections);
        return Json.pretty(all) + "\n";
    }

    private void add(LineageNode node) {
        Map<String, Object> attributes = new TreeMap<>();
        attributes.put("prov:label", node.label());
        attributes.put("prov:type", Map.of("$", "mugv:" + node.kind().label(), "type", "prov:QUALIFIED_NAME"));
        attributes.put("mugv:identity", node.key().identity());
        JsonNode facts = excerpt.factsOf(node);
        for (Map.Entry<String, JsonNode> fact : facts.properties()) {
            if (fact.getValue().isValueNode() && !fact.getValue().isNull()) {
                attributes.put("mugv:" + fact.getKey(), fact.getValue().asString());
            }
        }
        switch (Excerpt.Standing.of(node.kind())) {
            case THING -> section("entity").put(name(node), attributes);
            case AGENT -> section("agent").put(name(node), attributes);
            case DOING -> {
                times(facts, attributes);
                section("activity").put(name(node), attributes);
            }
        }
    }

    private static void times(JsonNode facts, Map<String, Object> attributes) {
        RunTimes times = RunTimes.in(facts);
        times.begun().ifPresent(begun -> attributes.put("prov:startTime", begun.toString()));
        times.ended().ifPresent(ended -> attributes.put("prov:endTime", ended.toString()));
    }

    private void add(LineageEdge edge) {
        LineageNode child = excerpt.node(edge.childId());
        LineageNode parent = excerpt.node(edge.parentId());
        Excerpt.Standing made = Excerpt.Standing.of(child.kind());
        switch (Excerpt.Standing.of(parent.kind())) {
            case DOING ->
                relate(
                        made == Excerpt.Standing.THING ? "wasGeneratedBy" : "wasInformedBy",
                        made == Excerpt.Standing.THING
                                ? Map.of("prov:entity", name(child), "prov:activity", name(parent))
                                : Map.of("prov:informed", name(child), "prov:informant", name(parent)));
            case AGENT ->
                relate(
                        made == Excerpt.Standing.THING ? "wasAttributedTo" : "wasAssociatedWith",
                        Map.of(
                                made == Excerpt.Standing.THING ? "prov:entity" : "prov:activity",
                                name(child),
                                "prov:agent",
                                name(parent)));
            case THING -> derive(edge, child, parent, made);
        }
    }

    private void derive(LineageEdge edge, LineageNode child, LineageNode parent, Excerpt.Standing made) {
        if (made != Excerpt.Standing.THING) {
            relate("used", Map.of("prov:activity", name(child), "prov:entity", name(parent), "prov:role", role(edge)));
            return;
        }
        relate(
                "wasDerivedFrom",
                Map.of("prov:generatedEntity", name(child), "prov:usedEntity", name(parent), "prov:type", role(edge)));
        edge.makerId().ifPresent(maker -> {
            if (excerpt.contains(maker) && edge.role() != EdgeRole.CONTAINS) {
                relate("used", Map.of("prov:activity", name(excerpt.node(maker)), "prov:entity", name(parent)));
            }
        });
    }

    private static Map<String, String> role(LineageEdge edge) {
        return Map.of("$", "mugv:" + edge.role().label(), "type", "prov:QUALIFIED_NAME");
    }

    /** Relations have no names of their own; the same one twice is said once. */
    private void relate(String relation, Map<String, Object> attributes) {
        Map<String, Object> section = section(relation);
        if (said.add(attributes)) {
            section.put("_:%s%d".formatted(relation, section.size() + 1), attributes);
        }
    }

    private Map<String, Object> section(String name) {
        return sections.computeIfAbsent(name, key -> new LinkedHashMap<>());
    }

    /** A qualified name; what may not stand in one is replaced, and identities are unique within their kind without it. */
    private static String name(LineageNode node) {
        return "mugv:%s-%s".formatted(node.kind().label(), node.key().identity().replaceAll("[^A-Za-z0-9._-]", "_"));
    }
}
