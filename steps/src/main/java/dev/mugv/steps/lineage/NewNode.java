package dev.mugv.steps.lineage;

import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * A node to be recorded, with what it was made from.
 *
 * @param label what people call it
 * @param facts sizes, hashes, seeds, scores
 * @param names further words by which it is found
 * @param parents what it was made from; to be recorded before it
 * @param maker the attempt that made it, which every edge says; absent where the controller did
 * @param document its content, where it stands for a text
 */
// Seven components: it is one row with what hangs on it, read whole.
public record NewNode(
        NodeKey key,
        String label,
        JsonNode facts,
        Set<String> names,
        Set<Parent> parents,
        Optional<NodeKey> maker,
        Optional<String> document) {
    public NewNode {
        names = Set.copyOf(names);
        parents = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(parents));
    }

    /** A parent and what it is to the child. */
    public record Parent(NodeKey key, EdgeRole role) {}

    public static Builder of(NodeKind kind, String identity, String label) {
        return new Builder(new NodeKey(kind, identity), label);
    }

    /** A node that stands for a text; its identity is the text's SHA-256. */
    public static Builder ofDocument(NodeKind kind, String content, String label) {
        Builder builder = of(kind, Sha256.of(content.getBytes(StandardCharsets.UTF_8)), label);
        builder.document = Optional.of(content);
        return builder;
    }

    /** Collects what a node is made of. */
    public static final class Builder {
        private final NodeKey key;
        private final String label;
        private final TreeMap<String, JsonNode> facts = new TreeMap<>();
        private final Set<String> names = new LinkedHashSet<>();
        private final List<Parent> parents = new ArrayList<>();
        private Optional<NodeKey> maker = Optional.empty();
        private Optional<String> document = Optional.empty();

        private Builder(NodeKey key, String label) {
            this.key = key;
            this.label = label;
        }

        /** Adds a fact; {@code value} is anything that {@link Json} writes. */
        public Builder fact(String name, Object value) {
            // One by one: within a map, a value would lose the name of its kind.
            facts.put(name, Json.tree(value));
            return this;
        }

        public Builder facts(Map<String, ?> more) {
            more.forEach(this::fact);
            return this;
        }

        public Builder name(String name) {
            names.add(name);
            return this;
        }

        public Builder names(Collection<String> more) {
            names.addAll(more);
            return this;
        }

        public Builder from(EdgeRole role, NodeKey parent) {
            parents.add(new Parent(parent, role));
            return this;
        }

        public Builder from(EdgeRole role, Iterable<NodeKey> all) {
            all.forEach(parent -> from(role, parent));
            return this;
        }

        public Builder madeBy(Optional<NodeKey> attempt) {
            maker = attempt;
            attempt.ifPresent(parent -> from(EdgeRole.MADE_BY, parent));
            return this;
        }

        public NewNode build() {
            return new NewNode(key, label, Json.tree(facts), names, new LinkedHashSet<>(parents), maker, document);
        }
    }
}
