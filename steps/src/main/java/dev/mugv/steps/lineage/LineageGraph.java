package dev.mugv.steps.lineage;

import dev.mugv.model.run.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Tables {@code lineage_node}, {@code lineage_edge} and what hangs on them, to be added to. Writes happen in the caller's
 * transaction, the one that records what is described, and recording the same again changes nothing.
 *
 * <p>What is recorded is sealed, see {@link Seals}.
 *
 * <p>That no cycle can be: a node gets its parents when it is recorded and never again (a trigger refuses edges of another
 * transaction's nodes), its parents are there before it, and so have smaller ids, which a check of every row demands. Ids are
 * thus an order in which every edge leads backwards.
 */
public final class LineageGraph {
    /** Rows a statement; bounds the arrays that are sent. */
    private static final int ROWS = 20_000;

    private final JdbcClient jdbc;
    private final NodeIds nodeIds;
    private final Closures closures;
    private final Seals seals;
    private final Consistency consistency;

    public LineageGraph(JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.nodeIds = new NodeIds(jdbc);
        this.closures = new Closures(jdbc);
        this.seals = new Seals(jdbc);
        this.consistency = new Consistency(jdbc);
    }

    /** Records one node, see {@link #record(Collection)}. */
    public void record(NewNode node) {
        record(List.of(node));
    }

    /**
     * Records nodes with their parents; those that are there already are left as they are, and only gain names.
     *
     * @param offered in any order; parents among them or recorded before
     * @throws dev.mugv.model.run.WorkFailure of kind DEFECT when the nodes go round in a cycle, a parent is recorded nowhere,
     *     or a recorded node is offered as made from something else; the transaction is to be rolled back
     */
    public void record(Collection<NewNode> offered) {
        Map<NodeKey, NewNode> batch = new LinkedHashMap<>();
        offered.forEach(node -> batch.putIfAbsent(node.key(), node));
        Map<NodeKey, Long> ids = nodeIds.of(mentioned(batch.values()));
        List<NewNode> known = new ArrayList<>();
        List<NewNode> fresh = new ArrayList<>();
        batch.values().forEach(node -> (ids.containsKey(node.key()) ? known : fresh).add(node));
        consistency.requireAsRecorded(known, ids);
        List<NewNode> ordered = consistency.parentsFirst(fresh, ids.keySet());
        List<NewNode> mine = insertNodes(ordered, ids);
        insertEdges(mine, ids);
        insertDocuments(mine, ids);
        for (NewNode node : mine) {
            if (node.key().kind().gathers()) {
                closures.record(id(ids, node.key()), parentIds(node, ids));
            }
        }
        long number = seals.newBatch();
        seals.close(
                number,
                mine.stream().map(node -> id(ids, node.key())).toList(),
                insertNames(number, batch.values(), ids));
    }

    /** Gives a recorded node further words by which it is found. */
    public void name(NodeKey node, Collection<String> names) {
        Map<NodeKey, Long> ids = nodeIds.of(List.of(node));
        NewNode named =
                NewNode.of(node.kind(), node.identity(), "").names(names).build();
        long number = seals.newBatch();
        seals.close(number, List.of(), insertNames(number, List.of(named), ids));
    }

    private static Set<NodeKey> mentioned(Collection<NewNode> nodes) {
        Set<NodeKey> keys = new LinkedHashSet<>();
        for (NewNode node : nodes) {
            keys.add(node.key());
            node.parents().forEach(parent -> keys.add(parent.key()));
            node.maker().ifPresent(keys::add);
        }
        return keys;
    }

    private static long id(Map<NodeKey, Long> ids, NodeKey key) {
        return Objects.requireNonNull(ids.get(key), key::toString);
    }

    private static long[] parentIds(NewNode node, Map<NodeKey, Long> ids) {
        return node.parents().stream()
                .mapToLong(parent -> id(ids, parent.key()))
                .distinct()
                .toArray();
    }

    /** Inserts in order and adds the new ids; returns the nodes that nobody else inserted meanwhile. */
    private List<NewNode> insertNodes(List<NewNode> ordered, Map<NodeKey, Long> ids) {
        List<NewNode> mine = new ArrayList<>();
        for (int from = 0; from < ordered.size(); from += ROWS) {
            List<NewNode> part = ordered.subList(from, Math.min(ordered.size(), from + ROWS));
            Map<NodeKey, Long> inserted = new LinkedHashMap<>();
            jdbc.sql("""
                            INSERT INTO lineage_node (kind, identity, label, facts)
                            SELECT n.kind, n.identity, n.label, n.facts::jsonb
                            FROM unnest(?::smallint[], ?::text[], ?::text[], ?::text[])
                                WITH ORDINALITY AS n(kind, identity, label, facts, place) ORDER BY n.place
                            ON CONFLICT ON CONSTRAINT lineage_node_identity_uq DO NOTHING
                            RETURNING kind, identity, node_id""")
                    .param(NodeIds.kinds(part.stream().map(NewNode::key).toList()))
                    .param(part.stream().map(node -> node.key().identity()).toArray(String[]::new))
                    .param(part.stream().map(NewNode::label).toArray(String[]::new))
                    .param(part.stream().map(node -> Json.text(node.facts())).toArray(String[]::new))
                    .query(NodeIds.into(inserted));
            ids.putAll(inserted);
            part.stream().filter(node -> inserted.containsKey(node.key())).forEach(mine::add);
            if (inserted.size() < part.size()) {
                ids.putAll(nodeIds.of(part.stream().map(NewNode::key).toList()));
            }
        }
        return mine;
    }

    private void insertEdges(List<NewNode> nodes, Map<NodeKey, Long> ids) {
        EdgeRows rows = new EdgeRows();
        for (NewNode node : nodes) {
            long child = id(ids, node.key());
            long maker = node.maker().map(key -> id(ids, key)).orElse(0L);
            for (NewNode.Parent parent : node.parents()) {
                rows.add(child, id(ids, parent.key()), parent.role().code(), maker);
                if (rows.size() == ROWS) {
                    rows.insert(jdbc);
                }
            }
        }
        rows.insert(jdbc);
    }

    private Seals.Summary insertNames(long number, Collection<NewNode> nodes, Map<NodeKey, Long> ids) {
        List<String> names = new ArrayList<>();
        List<Long> owners = new ArrayList<>();
        for (NewNode node : nodes) {
            for (String name : node.names()) {
                names.add(name);
                owners.add(id(ids, node.key()));
            }
        }
        return seals.addNames(number, names, owners);
    }

    private void insertDocuments(List<NewNode> nodes, Map<NodeKey, Long> ids) {
        for (NewNode node : nodes) {
            node.document()
                    .ifPresent(content -> jdbc.sql("INSERT INTO lineage_document (node_id, content) VALUES (?, ?)")
                            .params(id(ids, node.key()), content)
                            .update());
        }
    }
}
