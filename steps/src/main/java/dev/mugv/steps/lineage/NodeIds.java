package dev.mugv.steps.lineage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Finds the ids of nodes by what they are. */
final class NodeIds {
    private static final int ROWS = 20_000;

    private final JdbcClient jdbc;

    NodeIds(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Ids of those that are recorded. */
    Map<NodeKey, Long> of(Collection<NodeKey> keys) {
        Map<NodeKey, Long> ids = new LinkedHashMap<>();
        List<NodeKey> all = new ArrayList<>(keys);
        for (int from = 0; from < all.size(); from += ROWS) {
            List<NodeKey> part = all.subList(from, Math.min(all.size(), from + ROWS));
            jdbc.sql("""
                            SELECT n.kind, n.identity, n.node_id
                            FROM unnest(?::smallint[], ?::text[]) AS k(kind, identity)
                            JOIN lineage_node n ON n.identity = k.identity COLLATE "C" AND n.kind = k.kind""")
                    .param(kinds(part))
                    .param(part.stream().map(NodeKey::identity).toArray(String[]::new))
                    .query(into(ids));
        }
        return ids;
    }

    /** Takes rows of kind, identity and id. */
    static RowCallbackHandler into(Map<NodeKey, Long> ids) {
        return row -> ids.put(
                new NodeKey(NodeKind.ofCode(row.getInt("kind")), row.getString("identity")), row.getLong("node_id"));
    }

    static short[] kinds(List<NodeKey> keys) {
        short[] kinds = new short[keys.size()];
        for (int i = 0; i < kinds.length; i++) {
            kinds[i] = keys.get(i).kind().code();
        }
        return kinds;
    }
}
