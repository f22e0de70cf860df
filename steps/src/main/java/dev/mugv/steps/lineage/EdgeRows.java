package dev.mugv.steps.lineage;

import java.util.Arrays;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Edges on their way into the table, as arrays, which one statement takes. */
final class EdgeRows {
    private long[] children = new long[1024];
    private long[] parents = new long[1024];
    private short[] roles = new short[1024];
    private long[] makers = new long[1024];
    private int size;

    /** @param maker 0 for none */
    void add(long child, long parent, short role, long maker) {
        if (size == children.length) {
            children = Arrays.copyOf(children, 2 * size);
            parents = Arrays.copyOf(parents, 2 * size);
            roles = Arrays.copyOf(roles, 2 * size);
            makers = Arrays.copyOf(makers, 2 * size);
        }
        children[size] = child;
        parents[size] = parent;
        roles[size] = role;
        makers[size] = maker;
        size++;
    }

    int size() {
        return size;
    }

    /** Inserts what was added, and begins anew. */
    void insert(JdbcClient jdbc) {
        if (size == 0) {
            return;
        }
        jdbc.sql("""
                        INSERT INTO lineage_edge (child_id, parent_id, role, maker_id)
                        SELECT child_id, parent_id, role, nullif(maker_id, 0)
                        FROM unnest(?::bigint[], ?::bigint[], ?::smallint[], ?::bigint[])
                            AS e(child_id, parent_id, role, maker_id)""")
                .param(Arrays.copyOf(children, size))
                .param(Arrays.copyOf(parents, size))
                .param(Arrays.copyOf(roles, size))
                .param(Arrays.copyOf(makers, size))
                .update();
        size = 0;
    }
}
