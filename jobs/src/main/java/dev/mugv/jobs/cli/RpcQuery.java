package dev.mugv.jobs.cli;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Asks the ledger what was run where Slurm is, by all controllers of the database. */
final class RpcQuery {
    private final JdbcClient jdbc;
    private final Duration since;

    RpcQuery(JdbcClient jdbc, Duration since) {
        this.jdbc = jdbc;
        this.since = since;
    }

    /**
     * One tool's calls.
     *
     * @param perMinute over the time from its first to its last call, at least a minute
     * @param busiestMinute most calls in any 60 s
     * @param failures calls without an answer, or refused
     * @param slowestMilliseconds of those that ended
     */
    record Tool(
            String place,
            String tool,
            long calls,
            double perMinute,
            long busiestMinute,
            long empty,
            long failures,
            long medianMilliseconds,
            long slowestMilliseconds,
            long kibibytes) {}

    /** A call that did not go well. */
    record Failure(String begunAt, String tool, String controller, String outcome, String reason) {}

    /** Who asks for all of a place; the newest round tells. */
    record Leader(String place, String controller, String lastRound, boolean holdsTheLock) {}

    /** Calls of all tools together in the busiest 60 s of a place. */
    record BusiestMinute(String place, String from, long calls) {}

    record Answer(
            String since,
            List<Tool> tools,
            List<BusiestMinute> busiestMinutes,
            List<Leader> leaders,
            List<Failure> failures) {}

    Answer answer() {
        return new Answer(since.toMinutes() + " minutes", tools(), busiestMinutes(), leaders(), failures());
    }

    private List<Tool> tools() {
        return jdbc.sql("""
                        SELECT place, tool, count(*) AS calls,
                            count(*) / greatest(1, extract(epoch FROM max(begun_at) - min(begun_at)) / 60) AS per_minute,
                            (SELECT max(within) FROM (
                                SELECT count(*) OVER (ORDER BY b.begun_at
                                    RANGE BETWEEN CURRENT ROW AND interval '60 seconds' FOLLOWING) AS within
                                FROM remote_call b
                                WHERE b.place = c.place AND b.tool = c.tool AND b.begun_at > now() - make_interval(secs => :s)
                            ) minutes) AS busiest,
                            count(*) FILTER (WHERE outcome = 'EMPTY') AS empty,
                            count(*) FILTER (WHERE outcome IN ('REFUSED', 'NO_ANSWER')) AS failures,
                            coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY duration_ms), 0) AS median,
                            coalesce(max(duration_ms), 0) AS slowest, coalesce(sum(bytes), 0) / 1024 AS kibibytes
                        FROM remote_call c WHERE begun_at > now() - make_interval(secs => :s)
                        GROUP BY place, tool ORDER BY place, calls DESC""")
                .param("s", since.toSeconds())
                .query((row, number) -> new Tool(
                        row.getString("place"),
                        row.getString("tool"),
                        row.getLong("calls"),
                        Math.round(row.getDouble("per_minute") * 10) / 10.0,
                        row.getLong("busiest"),
                        row.getLong("empty"),
                        row.getLong("failures"),
                        row.getLong("median"),
                        row.getLong("slowest"),
                        row.getLong("kibibytes")))
                .list();
    }

    private List<BusiestMinute> busiestMinutes() {
        return jdbc.sql("""
                        SELECT DISTINCT ON (place) place, begun_at, within FROM (
                            SELECT place, begun_at, count(*) OVER (PARTITION BY place ORDER BY begun_at
                                RANGE BETWEEN CURRENT ROW AND interval '60 seconds' FOLLOWING) AS within
                            FROM remote_call WHERE begun_at > now() - make_interval(secs => :s)
                        ) calls ORDER BY place, within DESC, begun_at""")
                .param("s", since.toSeconds())
                .query((row, number) -> new BusiestMinute(
                        row.getString("place"),
                        time(row.getObject("begun_at", OffsetDateTime.class)),
                        row.getLong("within")))
                .list();
    }

    private List<Leader> leaders() {
        return jdbc.sql("""
                        SELECT DISTINCT ON (place) place, controller, ended_at, EXISTS (
                            SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted
                              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                              AND ((classid::bigint << 32) | objid::bigint) = hashtextextended('mugv poller ' || place, 0)
                        ) AS held FROM slurm_round ORDER BY place, number DESC""")
                .query((row, number) -> new Leader(
                        row.getString("place"),
                        row.getString("controller"),
                        time(row.getObject("ended_at", OffsetDateTime.class)),
                        row.getBoolean("held")))
                .list();
    }

    private List<Failure> failures() {
        return jdbc.sql("""
                        SELECT * FROM remote_call
                        WHERE outcome IN ('REFUSED', 'NO_ANSWER') AND begun_at > now() - make_interval(secs => :s)
                        ORDER BY begun_at DESC LIMIT 10""")
                .param("s", since.toSeconds())
                .query((row, number) -> new Failure(
                        time(row.getObject("begun_at", OffsetDateTime.class)),
                        row.getString("tool"),
                        row.getString("controller"),
                        row.getString("outcome"),
                        Optional.ofNullable(row.getString("reason")).orElse("")))
                .list();
    }

    private static String time(OffsetDateTime time) {
        return time.toInstant()
                .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                .toString();
    }
}
