package dev.mugv.steps.lineage;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.lineage.EdgeRole.Standing;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is offered as lineage must be an order of making, and say of known nodes what was said before. */
final class Consistency {
    private static final int NAMED = 5;

    private final JdbcClient jdbc;

    Consistency(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private record Link(long parentId, EdgeRole role) {}

    /**
     * New nodes, each after its parents.
     *
     * @param recorded nodes that are there before
     * @throws WorkFailure of kind DEFECT when there is no such order, or a parent is nowhere
     */
    List<NewNode> parentsFirst(List<NewNode> fresh, Set<NodeKey> recorded) {
        Map<NodeKey, NewNode> waiting = new LinkedHashMap<>();
        fresh.forEach(node -> waiting.put(node.key(), node));
        Map<NodeKey, Integer> missing = new HashMap<>();
        Map<NodeKey, List<NewNode>> children = new HashMap<>();
        ArrayDeque<NewNode> ready = new ArrayDeque<>();
        for (NewNode node : fresh) {
            Set<NodeKey> awaited =
                    node.parents().stream().map(NewNode.Parent::key).collect(Collectors.toSet());
            awaited.removeAll(recorded);
            awaited.forEach(parent -> requireOffered(node, parent, waiting.keySet()));
            missing.put(node.key(), awaited.size());
            awaited.forEach(parent ->
                    children.computeIfAbsent(parent, key -> new ArrayList<>()).add(node));
            if (awaited.isEmpty()) {
                ready.add(node);
            }
        }
        List<NewNode> ordered = new ArrayList<>();
        for (NewNode node = ready.poll(); node != null; node = ready.poll()) {
            ordered.add(node);
            waiting.remove(node.key());
            for (NewNode child : children.getOrDefault(node.key(), List.of())) {
                if (Objects.requireNonNull(missing.merge(child.key(), -1, Integer::sum)) == 0) {
                    ready.add(child);
                }
            }
        }
        if (!waiting.isEmpty()) {
            throw refused(
                    waiting.keySet().iterator().next(),
                    "expected an order of making, found a cycle among %s".formatted(named(waiting.keySet())));
        }
        return ordered;
    }

    private static void requireOffered(NewNode node, NodeKey parent, Set<NodeKey> offered) {
        if (!offered.contains(parent)) {
            throw refused(node.key(), "its parent %s is not recorded".formatted(parent));
        }
    }

    /**
     * Refuses known nodes that are now said to be made from something else; closing a cycle would be that.
     *
     * @throws WorkFailure of kind DEFECT
     */
    void requireAsRecorded(List<NewNode> known, Map<NodeKey, Long> ids) {
        long[] children = known.stream()
                .mapToLong(node -> Objects.requireNonNull(ids.get(node.key())))
                .toArray();
        Map<Long, Set<Link>> recorded = new HashMap<>();
        if (children.length > 0) {
            jdbc.sql("SELECT child_id, parent_id, role FROM lineage_edge WHERE child_id = ANY (?)")
                    .param(children)
                    .query(row -> {
                        EdgeRole role = EdgeRole.ofCode(row.getInt("role"));
                        if (role.standing() == Standing.ESSENCE) {
                            recorded.computeIfAbsent(row.getLong("child_id"), key -> new HashSet<>())
                                    .add(new Link(row.getLong("parent_id"), role));
                        }
                    });
        }
        for (NewNode node : known) {
            long id = Objects.requireNonNull(ids.get(node.key()));
            requireSame(node, id, recorded.getOrDefault(id, Set.of()), ids);
        }
    }

    private void requireSame(NewNode node, long id, Set<Link> recorded, Map<NodeKey, Long> ids) {
        int offered = 0;
        for (NewNode.Parent parent : node.parents()) {
            if (parent.role().standing() == Standing.ESSENCE) {
                offered++;
                Long parentId = ids.get(parent.key());
                if (parentId == null || !recorded.contains(new Link(parentId, parent.role()))) {
                    throw refused(node.key(), contradiction(id, parentId, parent));
                }
            }
        }
        if (offered != recorded.size()) {
            throw refused(
                    node.key(),
                    "it was recorded as made from %d nodes and is now offered as made from %d"
                            .formatted(recorded.size(), offered));
        }
    }

    private String contradiction(long id, @org.jspecify.annotations.Nullable Long parentId, NewNode.Parent parent) {
        boolean cycle = parentId != null && (parentId == id || isAncestor(id, parentId));
        return "it is offered as %s %s, %s"
                .formatted(
                        parent.role().label(),
                        parent.key(),
                        cycle
                                ? "which was itself made from it: a cycle"
                                : "which is not among what it was recorded as made from");
    }

    private boolean isAncestor(long id, long of) {
        return jdbc.sql("""
                        WITH RECURSIVE up(node_id) AS (
                            SELECT ?::bigint
                            UNION
                            SELECT e.parent_id FROM up JOIN lineage_edge e ON e.child_id = up.node_id
                            WHERE e.parent_id >= ?)
                        SELECT EXISTS (SELECT FROM up WHERE node_id = ?)""").params(of, id, id).query(Boolean.class).single();
    }

    private static String named(Set<NodeKey> keys) {
        return keys.stream().limit(NAMED).map(NodeKey::toString).collect(Collectors.joining(", "))
                + (keys.size() > NAMED ? " and %d more".formatted(keys.size() - NAMED) : "");
    }

    private static WorkFailure refused(NodeKey node, String fact) {
        return new WorkFailure(
                FailureKind.DEFECT, "Cannot record the lineage of %s: %s. Report this.".formatted(node, fact));
    }
}
