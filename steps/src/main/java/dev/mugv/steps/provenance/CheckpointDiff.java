package dev.mugv.steps.provenance;

import dev.mugv.model.run.Json;
import dev.mugv.steps.lineage.Direction;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageEdge;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NodeKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * In what two checkpoints differ.
 *
 * @param a one
 * @param b the other
 * @param chapters differences by what they are about: recipe, configuration, data, code, environment, parents, scores; a chapter
 *     without any is empty
 */
public record CheckpointDiff(LineageNode a, LineageNode b, Map<String, List<Difference>> chapters) {
    /** A field that differs; empty text where one side has none. */
    public record Difference(String field, String a, String b) {}

    /** Compares two checkpoints, or whatever else was made. */
    public static CheckpointDiff of(LineageReader reader, LineageNode a, LineageNode b) {
        Side left = Side.of(reader, a);
        Side right = Side.of(reader, b);
        Map<String, List<Difference>> chapters = new LinkedHashMap<>();
        chapters.put("recipe", differences(left.recipe(), right.recipe()));
        chapters.put("configuration", differences(left.configuration(), right.configuration()));
        chapters.put("data", differences(left.data(), right.data()));
        chapters.put("code", differences(left.code(), right.code()));
        chapters.put("environment", differences(left.environment(), right.environment()));
        chapters.put("parents", differences(left.parents(), right.parents()));
        chapters.put("scores", differences(left.scores(), right.scores()));
        return new CheckpointDiff(a, b, chapters);
    }

    private static List<Difference> differences(SortedMap<String, String> a, SortedMap<String, String> b) {
        Set<String> fields = new TreeSet<>(a.keySet());
        fields.addAll(b.keySet());
        List<Difference> differences = new ArrayList<>();
        for (String field : fields) {
            String left = a.getOrDefault(field, "");
            String right = b.getOrDefault(field, "");
            if (!left.equals(right)) {
                differences.add(new Difference(field, left, right));
            }
        }
        return differences;
    }

    /** One checkpoint, each chapter flattened to fields. */
    private record Side(
            SortedMap<String, String> recipe,
            SortedMap<String, String> configuration,
            SortedMap<String, String> data,
            SortedMap<String, String> code,
            SortedMap<String, String> environment,
            SortedMap<String, String> parents,
            SortedMap<String, String> scores) {
        private static final Set<String> RECIPE = Set.of(
                "objective", "size", "validation-seed", "threads", "order", "weights", "update", "seeds", "task");

        static Side of(LineageReader reader, LineageNode node) {
            Side side = new Side(
                    new TreeMap<>(),
                    new TreeMap<>(),
                    new TreeMap<>(),
                    new TreeMap<>(),
                    new TreeMap<>(),
                    new TreeMap<>(),
                    new TreeMap<>());
            side.addFacts(reader.facts(node));
            side.addParents(reader, node);
            for (LineageNode evaluation : reader.influence(node, Direction.DOWN, Set.of(NodeKind.EVALUATION))) {
                boolean direct = reader.parents(evaluation).stream()
                        .anyMatch(edge -> edge.role() == EdgeRole.EVALUATES && edge.parentId() == node.id());
                if (direct) {
                    flatten("evaluation", reader.facts(evaluation).path("scores"), side.scores);
                }
            }
            return side;
        }

        private void addFacts(JsonNode facts) {
            for (String field : RECIPE) {
                flatten(field, facts.path(field), recipe);
            }
            flatten("training", facts.path("scores"), scores);
        }

        private void addParents(LineageReader reader, LineageNode node) {
            Map<Long, LineageNode> byId =
                    reader
                            .nodes(reader.parents(node).stream()
                                    .map(LineageEdge::parentId)
                                    .toList())
                            .stream()
                            .collect(Collectors.toMap(LineageNode::id, parent -> parent));
            for (LineageEdge edge : reader.parents(node)) {
                LineageNode parent = Objects.requireNonNull(byId.get(edge.parentId()));
                switch (edge.role()) {
                    case STATE_OF -> {
                        addFacts(reader.facts(parent));
                        addParents(reader, parent);
                    }
                    case CODE -> code.put("code-version", parent.key().identity());
                    case ENVIRONMENT -> flatten("", document(reader, parent), environment);
                    case CONFIGURED_BY -> flatten("", document(reader, parent), configuration);
                    case TRAINED_ON, VALIDATED_ON -> addData(reader, edge.role(), parent);
                    case CONTAINS, INPUT ->
                        data.put(parent.label(), parent.key().identity());
                    case PREVIOUS -> addEnvironment(reader, parent);
                    case INITIAL, MERGED_FROM, GIVEN_AS ->
                        parents.put(
                                edge.role().label() + " " + parent.label(),
                                parent.key().identity());
                    case CUT_FROM,
                            DESCRIBES,
                            ENCODED_FROM,
                            ENCODED_BY,
                            GENERATED_BY,
                            CONDITIONED_ON,
                            JUDGES,
                            EVALUATES,
                            SHOWS,
                            EXPORTED_FROM,
                            RAN_ON,
                            SUBMITTED_IN,
                            REPRODUCED ->
                        data.put(
                                edge.role().label() + " " + parent.label(),
                                parent.key().identity());
                    case MADE_BY, RESUMED_FROM -> {
                        // Who made it says nothing of what it is.
                    }
                }
            }
        }

        /** A published result has the environment of its last checkpoint. */
        private void addEnvironment(LineageReader reader, LineageNode state) {
            for (LineageEdge edge : reader.parents(state)) {
                if (edge.role() == EdgeRole.ENVIRONMENT) {
                    LineageNode parent = reader.nodes(List.of(edge.parentId())).get(0);
                    flatten("", document(reader, parent), environment);
                }
            }
        }

        private void addData(LineageReader reader, EdgeRole role, LineageNode list) {
            if (list.kind() != NodeKind.MANIFEST) {
                data.put(list.kind().label(), list.key().identity());
                return;
            }
            for (JsonNode entry : document(reader, list)) {
                boolean weighted = entry.isObject();
                String clip = weighted ? entry.path("clip-id").asString() : entry.asString();
                data.put(role.label() + " clip " + clip, weighted ? "weight " + entry.path("weight") : "listed");
            }
        }

        private static JsonNode document(LineageReader reader, LineageNode node) {
            return Json.parse(reader.document(node).orElse("{}"), JsonNode.class);
        }

        private static void flatten(String at, JsonNode value, SortedMap<String, String> into) {
            if (value.isObject()) {
                value.properties()
                        .forEach(field -> flatten(
                                at.isEmpty() ? field.getKey() : at + "." + field.getKey(), field.getValue(), into));
            } else if (value.isArray()) {
                for (int i = 0; i < value.size(); i++) {
                    flatten("%s[%d]".formatted(at, i), value.get(i), into);
                }
            } else if (!value.isMissingNode() && !value.isNull()) {
                into.put(at, value.asString());
            }
        }
    }
}
