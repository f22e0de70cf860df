package dev.mugv.steps.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Which events are asked for. Many components because each is a filter of its own.
 *
 * @param kinds any where empty
 * @param subject beginning of the subject
 * @param user beginning of user
 * @param newest only so many of the newest; all where absent
 */
public record AuditQuery(
        Optional<String> run,
        Set<AuditKind> kinds,
        Optional<String> subject,
        Optional<String> user,
        Optional<Instant> since,
        Optional<Instant> until,
        Optional<Integer> newest) {
    private static final int FETCHED_ROWS = 2000;

    public AuditQuery {
        kinds = java.util.Collections.unmodifiableSet(new TreeSet<>(kinds));
    }

    /** Every event of a run. */
    public static AuditQuery ofRun(String run) {
        return new AuditQuery(
                Optional.of(run),
                Set.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** The same, of kinds alone. */
    public AuditQuery only(Set<AuditKind> wanted) {
        return new AuditQuery(run, wanted, subject, user, since, until, newest);
    }

    /** Hands the events over in their order, streamed. */
    public void read(Connection connection, Consumer<AuditEntry> reader) throws SQLException {
        List<Object> values = new ArrayList<>();
        StringBuilder sql =
                new StringBuilder("SELECT * FROM (SELECT " + AuditEntry.COLUMNS + " FROM audit_event WHERE true");
        run.ifPresent(name -> filter(sql, values, " AND run_name = ?", name));
        subject.ifPresent(start -> filter(sql, values, " AND starts_with(subject, ?)", start));
        user.ifPresent(start -> filter(sql, values, " AND starts_with(os_user, ?)", start));
        since.ifPresent(time -> filter(sql, values, " AND occurred_at >= ?", time.atOffset(ZoneOffset.UTC)));
        until.ifPresent(time -> filter(sql, values, " AND occurred_at <= ?", time.atOffset(ZoneOffset.UTC)));
        if (!kinds.isEmpty()) {
            sql.append(" AND kind = ANY (?)");
            values.add(connection.createArrayOf(
                    "text", kinds.stream().map(Enum::name).toArray()));
        }
        sql.append(" ORDER BY number DESC");
        newest.ifPresent(count -> filter(sql, values, " LIMIT ?", count));
        sql.append(") AS wanted ORDER BY number");
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try (PreparedStatement select = connection.prepareStatement(sql.toString())) {
            select.setFetchSize(FETCHED_ROWS);
            for (int i = 0; i < values.size(); i++) {
                select.setObject(i + 1, values.get(i));
            }
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    reader.accept(AuditEntry.of(rows));
                }
            }
        } finally {
            connection.rollback();
            connection.setAutoCommit(autoCommit);
        }
    }

    private static void filter(StringBuilder sql, List<Object> values, String condition, Object value) {
        sql.append(condition);
        values.add(value);
    }
}
