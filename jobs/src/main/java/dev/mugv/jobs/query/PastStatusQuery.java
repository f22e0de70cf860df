package dev.mugv.jobs.query;

import dev.mugv.jobs.batch.RunIdentity;
import dev.mugv.steps.catalog.AlarmCatalog;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads where a run stood at some time: what had begun by then and had not ended is shown as under way. Only times decide, so
 * a controller that was killed without a word counts as at work until the next one noted its end.
 */
public final class PastStatusQuery {
    private static final int MAX_FAILURES = 5;
    private static final int MAX_RUNNING = 8;

    private final JdbcClient jdbc;
    private final RunIdentity run;
    private final Instant at;
    private final ZoneId zone;

    /**
     * @param zone in which Spring Batch writes its times: this machine's
     */
    public PastStatusQuery(JdbcClient jdbc, RunIdentity run, Instant at, ZoneId zone) {
        this.jdbc = jdbc;
        this.run = run;
        this.at = at;
        this.zone = zone;
    }

    /** The status as it was then. */
    public RunStatus status() {
        List<RunStatus.JobStatus> jobs = jobs();
        String state = StatusQuery.latest(jobs)
                .map(job -> job.status().equals("STARTED") ? "RUNNING" : job.status())
                .orElse("NOT_STARTED");
        long seconds =
                StatusQuery.latest(jobs).map(RunStatus.JobStatus::seconds).orElse(0L);
        // What was labelled by then is not told: of that the label store tells.
        return new RunStatus(
                run.name(),
                run.workspace().toString(),
                state,
                seconds,
                jobs,
                List.of(),
                running(),
                new AlarmCatalog(jdbc).of(run.name(), at),
                failures());
    }

    private LocalDateTime local() {
        return LocalDateTime.ofInstant(at, zone);
    }

    private List<RunStatus.JobStatus> jobs() {
        return jdbc.sql("""
                        SELECT DISTINCT ON (i.job_name) i.job_name, e.job_instance_id, e.status, e.start_time, e.end_time,
                               r.parameter_value AS round
                        FROM batch_job_execution e
                        JOIN batch_job_instance i USING (job_instance_id)
                        JOIN batch_job_execution_params n
                          ON n.job_execution_id = e.job_execution_id AND n.parameter_name = 'run'
                        JOIN batch_job_execution_params w
                          ON w.job_execution_id = e.job_execution_id AND w.parameter_name = 'workspace'
                        JOIN batch_job_execution_params r
                          ON r.job_execution_id = e.job_execution_id AND r.parameter_name = 'round'
                        WHERE n.parameter_value = :run AND w.parameter_value = :workspace AND e.start_time <= :at
                        ORDER BY i.job_name, e.job_execution_id DESC""")
                .param("run", run.name())
                .param("workspace", run.workspace().toString())
                .param("at", local())
                .query((row, number) -> new RunStatus.JobStatus(
                        row.getString("job_name"),
                        Long.parseLong(row.getString("round")),
                        status(row),
                        String.valueOf(
                                row.getTimestamp("start_time").toLocalDateTime().withNano(0)),
                        seconds(row),
                        steps(row.getLong("job_instance_id"))))
                .list();
    }

    private List<RunStatus.StepStatus> steps(long instance) {
        return jdbc.sql("""
                        SELECT * FROM (
                          SELECT DISTINCT ON (s.step_name) s.step_execution_id, s.step_name, s.status, s.start_time,
                                 s.end_time, s.exit_message, c.succeeded, c.failed, c.open
                          FROM batch_step_execution s
                          JOIN batch_job_execution e USING (job_execution_id)
                          LEFT JOIN LATERAL (
                            SELECT count(*) FILTER (WHERE a.decided_at <= :instant AND a.state = 'SUCCEEDED') AS succeeded,
                                   count(*) FILTER (WHERE a.decided_at <= :instant AND a.state IN ('FAILED', 'SUSPECT')) AS failed,
                                   count(*) FILTER (WHERE a.decided_at IS NULL OR a.decided_at > :instant) AS open
                            FROM attempt a
                            JOIN batch_job_execution ae ON ae.job_execution_id = a.job_execution_id
                            WHERE a.run_name = :run AND a.step_name = s.step_name
                              AND ae.job_instance_id = :instance AND a.created_at <= :instant) c ON true
                          WHERE e.job_instance_id = :instance AND s.start_time <= :at
                          ORDER BY s.step_name, s.step_execution_id DESC) latest
                        ORDER BY step_execution_id""")
                .param("run", run.name())
                .param("instance", instance)
                .param("at", local())
                .param("instant", timestamp())
                .query((row, number) -> new RunStatus.StepStatus(
                        row.getString("step_name"),
                        status(row),
                        seconds(row),
                        row.getInt("succeeded"),
                        row.getInt("failed"),
                        row.getInt("open"),
                        hasEnded(row) ? firstLine(row.getString("exit_message")) : ""))
                .list();
    }

    private List<RunStatus.RunningWork> running() {
        return jdbc.sql("""
                        SELECT a.step_name, a.label FROM attempt a
                        JOIN attempt_run r ON r.token = a.token AND r.logical_index = a.logical_index
                        WHERE a.run_name = :run AND r.started_at <= :at AND (r.ended_at IS NULL OR r.ended_at > :at)
                        ORDER BY r.started_at, a.logical_index LIMIT :most""")
                .param("run", run.name())
                .param("at", timestamp())
                .param("most", MAX_RUNNING)
                .query((row, number) -> new RunStatus.RunningWork(
                        row.getString("step_name"), row.getString("label"), 0, 0, "", Optional.empty()))
                .list();
    }

    private List<RunStatus.Failure> failures() {
        return jdbc.sql("""
                        SELECT step_name, label, number, failure_class, message FROM attempt
                        WHERE run_name = :run AND state IN ('FAILED', 'SUSPECT') AND decided_at <= :at
                        ORDER BY decided_at DESC LIMIT :most""")
                .param("run", run.name())
                .param("at", timestamp())
                .param("most", MAX_FAILURES)
                .query((row, number) -> new RunStatus.Failure(
                        row.getString("step_name"),
                        row.getString("label"),
                        row.getInt("number"),
                        row.getString("failure_class"),
                        String.valueOf(row.getString("message"))))
                .list();
    }

    private OffsetDateTime timestamp() {
        return at.atOffset(ZoneOffset.UTC);
    }

    private boolean hasEnded(ResultSet row) throws SQLException {
        Timestamp end = row.getTimestamp("end_time");
        return end != null && !end.toLocalDateTime().isAfter(local());
    }

    private String status(ResultSet row) throws SQLException {
        return hasEnded(row) ? row.getString("status") : "STARTED";
    }

    private long seconds(ResultSet row) throws SQLException {
        LocalDateTime start = row.getTimestamp("start_time").toLocalDateTime();
        LocalDateTime end = hasEnded(row) ? row.getTimestamp("end_time").toLocalDateTime() : local();
        return Duration.between(start, end).toSeconds();
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "" : message.lines().findFirst().orElse("");
    }
}
