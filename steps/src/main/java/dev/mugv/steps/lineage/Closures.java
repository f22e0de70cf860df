package dev.mugv.steps.lineage;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Table {@code lineage_closure}: the ancestors of nodes that gather many, one bit a node id. Made from the closures of what
 * they were made from, so that a checkpoint of a million ancestors costs a few unions.
 */
final class Closures {
    /** Fewer are counted as quickly by a walk. */
    private static final int KEPT_FROM = 1000;

    /** Walks up and stops at nodes that have a closure. */
    private static final String GATHER = """
            WITH RECURSIVE up(node_id, gathered) AS (
                SELECT p.node_id, EXISTS (SELECT FROM lineage_closure c WHERE c.node_id = p.node_id)
                FROM unnest(?::bigint[]) AS p(node_id)
                UNION
                SELECT e.parent_id, EXISTS (SELECT FROM lineage_closure c WHERE c.node_id = e.parent_id)
                FROM up JOIN lineage_edge e ON e.child_id = up.node_id WHERE NOT up.gathered)
            SELECT node_id, gathered FROM up""";

    private final JdbcClient jdbc;

    Closures(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Keeps the ancestors of a new node, if they are many. */
    void record(long node, long[] parents) {
        BitSet ancestors = ancestors(parents);
        int count = ancestors.cardinality();
        if (count >= KEPT_FROM) {
            jdbc.sql("INSERT INTO lineage_closure (node_id, ancestors, members) VALUES (?, ?, ?)")
                    .params(node, count, ancestors.toByteArray())
                    .update();
        }
    }

    /** How many nodes a node was made from. */
    long count(long node) {
        List<Long> kept = jdbc.sql("SELECT ancestors FROM lineage_closure WHERE node_id = ?")
                .param(node)
                .query(Long.class)
                .list();
        if (!kept.isEmpty()) {
            return kept.get(0);
        }
        BitSet ancestors = ancestors(new long[] {node});
        ancestors.clear(Math.toIntExact(node));
        return ancestors.cardinality();
    }

    /** The nodes themselves and everything that they were made from. */
    private BitSet ancestors(long[] nodes) {
        BitSet ancestors = new BitSet();
        List<Long> gathered = new ArrayList<>();
        jdbc.sql(GATHER).param(nodes).query(row -> {
            ancestors.set(Math.toIntExact(row.getLong("node_id")));
            if (row.getBoolean("gathered")) {
                gathered.add(row.getLong("node_id"));
            }
        });
        jdbc.sql("SELECT members FROM lineage_closure WHERE node_id = ANY (?)")
                .param(gathered.stream().mapToLong(Long::longValue).toArray())
                .query(row -> {
                    ancestors.or(BitSet.valueOf(row.getBytes("members")));
                });
        return ancestors;
    }
}
