package dev.mugv.steps.lineage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** All edges in the order of their children, streamed beside the nodes: one pass over each. */
final class EdgeCursor implements AutoCloseable {
    private final PreparedStatement statement;
    private final ResultSet rows;
    private boolean more;

    EdgeCursor(Connection connection, int fetchedRows) throws SQLException {
        statement = connection.prepareStatement("""
                SELECT child_id, parent_id, role, coalesce(maker_id, 0) AS maker_id FROM lineage_edge
                ORDER BY child_id, parent_id, role""");
        statement.setFetchSize(fetchedRows);
        rows = statement.executeQuery();
        more = rows.next();
    }

    /** Skips edges of children before this one; returns these children. */
    List<Long> before(long child) throws SQLException {
        List<Long> skipped = new ArrayList<>();
        while (more && rows.getLong(1) < child) {
            long each = rows.getLong(1);
            if (skipped.isEmpty() || skipped.get(skipped.size() - 1) != each) {
                skipped.add(each);
            }
            more = rows.next();
        }
        return skipped;
    }

    /** The edges of a child in their canonical form: {@code parent:role:maker,} each. */
    String of(long child) throws SQLException {
        StringBuilder edges = new StringBuilder();
        while (more && rows.getLong(1) == child) {
            edges.append(rows.getLong(2))
                    .append(':')
                    .append(rows.getInt(3))
                    .append(':')
                    .append(rows.getLong(4))
                    .append(',');
            more = rows.next();
        }
        return edges.toString();
    }

    @Override
    public void close() throws SQLException {
        rows.close();
        statement.close();
    }
}
