package dev.mugv.jobs.query;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads what was done on which machine. */
public final class NodeActivityQuery {
    private final JdbcClient jdbc;

    public NodeActivityQuery(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A machine.
     *
     * @param runs of attempts, as far as they were seen to start
     * @param open attempts at work there now
     * @param succeeded attempts whose last run was there
     * @param failed likewise
     */
    public record Activity(
            String node, long runs, long open, long succeeded, long failed, Optional<Instant> lastStart) {}

    /** All machines, of all runs of the database, by name. */
    public List<Activity> all() {
        return jdbc.sql("""
                        WITH executed AS (
                            SELECT r.*, lead(r.run_number) OVER runs IS NULL AS is_last
                            FROM attempt_run r WHERE r.host IS NOT NULL AND r.host <> ''
                            WINDOW runs AS (PARTITION BY r.token, r.logical_index ORDER BY r.run_number))
                        SELECT node, count(*) AS runs, max(e.started_at) AS last_start,
                               count(*) FILTER (WHERE a.state = 'OPEN' AND e.is_last AND e.ended_at IS NULL) AS open,
                               count(*) FILTER (WHERE a.state = 'SUCCEEDED' AND e.is_last) AS succeeded,
                               count(*) FILTER (WHERE a.state IN ('FAILED', 'SUSPECT') AND e.is_last) AS failed
                        FROM executed e
                        JOIN attempt a ON a.token = e.token AND a.logical_index = e.logical_index
                        CROSS JOIN LATERAL unnest(string_to_array(e.host, ',')) AS node
                        GROUP BY node ORDER BY node""")
                .query((row, number) -> new Activity(
                        row.getString("node"),
                        row.getLong("runs"),
                        row.getLong("open"),
                        row.getLong("succeeded"),
                        row.getLong("failed"),
                        Optional.ofNullable(row.getObject("last_start", OffsetDateTime.class))
                                .map(OffsetDateTime::toInstant)))
                .list();
    }
}
