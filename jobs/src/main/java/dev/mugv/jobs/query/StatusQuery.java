package dev.mugv.jobs.query;

import dev.mugv.jobs.batch.PeopleWait;
import dev.mugv.jobs.batch.RunIdentity;
import dev.mugv.jobs.batch.RunLock;
import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.Heartbeat;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.catalog.AlarmCatalog;
import dev.mugv.steps.labels.AwaitedBatch;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads where a run stands out of Spring Batch's tables, the ledger and the workers' heartbeats. */
public final class StatusQuery {
    private static final int MAX_FAILURES = 5;
    private static final int MAX_RUNNING = 8;

    private final JdbcClient jdbc;
    private final RunIdentity run;
    private final LocalDateTime now;

    /**
     * @param now in the time zone of this machine, as Spring Batch writes its times
     */
    public StatusQuery(JdbcClient jdbc, RunIdentity run, LocalDateTime now) {
        this.jdbc = jdbc;
        this.run = run;
        this.now = now;
    }

    /** The status as it is now. */
    public RunStatus status() {
        boolean held = RunLock.isHeldBySomebody(jdbc, run);
        List<RunStatus.JobStatus> jobs = jobs();
        String state = state(held, jobs);
        return new RunStatus(
                run.name(),
                run.workspace().toString(),
                state,
                seconds(jobs),
                jobs,
                state.equals(PeopleWait.EXIT_CODE) ? waiting() : List.of(),
                running(),
                new AlarmCatalog(jdbc).of(run.name()),
                failures());
    }

    private List<RunStatus.Awaited> waiting() {
        return AwaitedBatch.of(jdbc, run.name(), run.workspace()).stream()
                .map(each -> new RunStatus.Awaited(
                        each.step(),
                        each.batch().name(),
                        each.batch().kind().label(),
                        each.items(),
                        each.complete(),
                        each.labels(),
                        each.items() * each.batch().annotatorsPerItem()))
                .toList();
    }

    /** The last execution of each job of the run, in the order in which they were last started. */
    private List<RunStatus.JobStatus> jobs() {
        return jdbc.sql("""
                        SELECT DISTINCT ON (i.job_name) i.job_name, e.job_execution_id, e.job_instance_id, e.status,
                               e.start_time, e.end_time, r.parameter_value AS round
                        FROM batch_job_execution e
                        JOIN batch_job_instance i USING (job_instance_id)
                        JOIN batch_job_execution_params n
                          ON n.job_execution_id = e.job_execution_id AND n.parameter_name = 'run'
                        JOIN batch_job_execution_params w
                          ON w.job_execution_id = e.job_execution_id AND w.parameter_name = 'workspace'
                        JOIN batch_job_execution_params r
                          ON r.job_execution_id = e.job_execution_id AND r.parameter_name = 'round'
                        WHERE n.parameter_value = :run AND w.parameter_value = :workspace
                        ORDER BY i.job_name, e.job_execution_id DESC
                        """)
                .param("run", run.name())
                .param("workspace", run.workspace().toString())
                .query((row, number) -> new RunStatus.JobStatus(
                        row.getString("job_name"),
                        Long.parseLong(row.getString("round")),
                        row.getString("status"),
                        text(row.getTimestamp("start_time")),
                        seconds(row),
                        steps(row.getLong("job_instance_id"))))
                .list();
    }

    /** The last execution of each step of an instance. */
    private List<RunStatus.StepStatus> steps(long instance) {
        return jdbc.sql("""
                        SELECT * FROM (
                          SELECT DISTINCT ON (s.step_name) s.step_execution_id, s.step_name, s.status, s.exit_code, s.start_time,
                                 s.end_time, s.exit_message, c.succeeded, c.failed, c.open
                          FROM batch_step_execution s
                          JOIN batch_job_execution e USING (job_execution_id)
                          LEFT JOIN LATERAL (
                            SELECT count(*) FILTER (WHERE a.state = 'SUCCEEDED') AS succeeded,
                                   count(*) FILTER (WHERE a.state IN ('FAILED', 'SUSPECT')) AS failed,
                                   count(*) FILTER (WHERE a.state = 'OPEN') AS open
                            FROM attempt a
                            JOIN batch_job_execution ae ON ae.job_execution_id = a.job_execution_id
                            WHERE a.run_name = :run AND a.step_name = s.step_name
                              AND ae.job_instance_id = :instance) c ON true
                          WHERE e.job_instance_id = :instance
                          ORDER BY s.step_name, s.step_execution_id DESC) latest
                        ORDER BY step_execution_id
                        """)
                .param("run", run.name())
                .param("instance", instance)
                .query((row, number) -> new RunStatus.StepStatus(
                        row.getString("step_name"),
                        status(row),
                        seconds(row),
                        row.getInt("succeeded"),
                        row.getInt("failed"),
                        row.getInt("open"),
                        // Of a step that was stopped or waits it is a class of Spring Batch.
                        row.getString("status").equals("STOPPED") ? "" : firstLine(row.getString("exit_message"))))
                .list();
    }

    /** What Spring Batch calls it; a step that waits for people is stopped to Spring Batch. */
    static String status(ResultSet row) throws SQLException {
        boolean waits =
                row.getString("status").equals("STOPPED") && PeopleWait.EXIT_CODE.equals(row.getString("exit_code"));
        return waits ? PeopleWait.EXIT_CODE : row.getString("status");
    }

    private List<RunStatus.RunningWork> running() {
        return jdbc.sql("""
                        SELECT token, logical_index, step_name, label, task, artifact_key FROM attempt
                        WHERE run_name = ? AND state = 'OPEN' ORDER BY created_at, logical_index LIMIT ?
                        """)
                .params(run.name(), MAX_RUNNING)
                .query((row, number) -> runningWork(row))
                .list();
    }

    private RunStatus.RunningWork runningWork(ResultSet row) throws SQLException {
        AttemptFolder folder = AttemptFolder.of(run.workspace(), row.getString("token"), row.getInt("logical_index"));
        OptionalInt claim = folder.latestClaim();
        Optional<Heartbeat> beat =
                claim.isPresent() ? Heartbeat.find(folder, claim.getAsInt()) : Optional.<Heartbeat>empty();
        return new RunStatus.RunningWork(
                row.getString("step_name"),
                row.getString("label"),
                beat.map(Heartbeat::done).orElse(0L),
                beat.map(Heartbeat::total).orElse(0L),
                beat.map(Heartbeat::unit).orElse(""),
                TrainingFigures.in(new ArtifactStore(run.workspace())
                        .durableFolder(
                                TaskKind.valueOf(row.getString("task")),
                                new ArtifactKey(row.getString("artifact_key")))));
    }

    private List<RunStatus.Failure> failures() {
        return jdbc.sql("""
                        SELECT step_name, label, number, failure_class, message FROM attempt
                        WHERE run_name = ? AND state IN ('FAILED', 'SUSPECT') ORDER BY decided_at DESC LIMIT ?
                        """)
                .params(run.name(), MAX_FAILURES)
                .query((row, number) -> new RunStatus.Failure(
                        row.getString("step_name"),
                        row.getString("label"),
                        row.getInt("number"),
                        row.getString("failure_class"),
                        String.valueOf(row.getString("message"))))
                .list();
    }

    private static String state(boolean held, List<RunStatus.JobStatus> jobs) {
        Optional<RunStatus.JobStatus> last = latest(jobs);
        if (last.isEmpty()) {
            return held ? "RUNNING" : "NOT_STARTED";
        }
        boolean live =
                List.of("STARTING", "STARTED", "STOPPING").contains(last.get().status());
        if (live) {
            return held ? "RUNNING" : "INTERRUPTED";
        }
        boolean waits = last.get().status().equals("STOPPED")
                && last.get().steps().stream().anyMatch(step -> step.status().equals(PeopleWait.EXIT_CODE));
        return held ? "RUNNING" : waits ? PeopleWait.EXIT_CODE : last.get().status();
    }

    private static long seconds(List<RunStatus.JobStatus> jobs) {
        return latest(jobs).map(RunStatus.JobStatus::seconds).orElse(0L);
    }

    /** The job that was started last. */
    public static Optional<RunStatus.JobStatus> latest(List<RunStatus.JobStatus> jobs) {
        List<RunStatus.JobStatus> sorted = new ArrayList<>(jobs);
        sorted.sort(java.util.Comparator.comparing(RunStatus.JobStatus::startedAt));
        return sorted.isEmpty() ? Optional.empty() : Optional.of(sorted.get(sorted.size() - 1));
    }

    private long seconds(ResultSet row) throws SQLException {
        Timestamp start = row.getTimestamp("start_time");
        Timestamp end = row.getTimestamp("end_time");
        if (start == null) {
            return 0;
        }
        return Duration.between(start.toLocalDateTime(), end == null ? now : end.toLocalDateTime())
                .toSeconds();
    }

    private static String text(@Nullable Timestamp time) {
        return time == null ? "" : time.toLocalDateTime().withNano(0).toString();
    }

    /** Spring Batch puts whole stack traces there for what it did not expect. */
    private static String firstLine(@Nullable String message) {
        return message == null ? "" : message.lines().findFirst().orElse("");
    }
}
