package dev.mugv.steps.goodput;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.goodput.AttemptHours.Split;
import dev.mugv.steps.goodput.Goodput.Hours;
import dev.mugv.steps.goodput.Goodput.Parts;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads where a run's hours went out of attempts, runs, work orders, heartbeats and metrics. */
public final class GoodputQuery {
    private static final double SECONDS_AN_HOUR = 3600.0;

    private final JdbcClient jdbc;
    private final Path workspace;
    private final Instant now;

    public GoodputQuery(JdbcClient jdbc, Path workspace, Instant now) {
        this.jdbc = jdbc;
        this.workspace = workspace;
        this.now = now;
    }

    /** Of one run. */
    public Goodput of(String run) {
        Map<ArtifactKey, List<RunRow>> pieces = new LinkedHashMap<>();
        for (RunRow row : rows(run)) {
            pieces.computeIfAbsent(row.key(), key -> new ArrayList<>()).add(row);
        }
        AttemptHours hours = new AttemptHours(workspace, now);
        Map<String, List<Split>> steps = new LinkedHashMap<>();
        List<Split> all = new ArrayList<>();
        pieces.values().stream().map(hours::split).flatMap(List::stream).forEach(split -> {
            all.add(split);
            steps.computeIfAbsent(split.row().step(), key -> new ArrayList<>()).add(split);
        });
        List<Goodput.Step> perStep = steps.entrySet().stream()
                .map(entry -> new Goodput.Step(entry.getKey(), sum(entry.getValue())))
                .toList();
        return new Goodput(run, sum(all), perStep);
    }

    private static Hours sum(List<Split> splits) {
        TreeMap<String, Double> causes = new TreeMap<>();
        for (Split split : splits) {
            split.hours()
                    .cause()
                    .ifPresent(cause -> causes.merge(cause, hours(split.hours().lost()) * split.cores(), Double::sum));
        }
        return new Hours(splits.size(), parts(splits, Split::cores), parts(splits, Split::gpus), causes);
    }

    private static Parts parts(List<Split> splits, Function<Split, Integer> held) {
        return new Parts(
                total(splits, held, RunHours::queued),
                total(splits, held, RunHours::starting),
                total(splits, held, RunHours::productive),
                total(splits, held, RunHours::saving),
                total(splits, held, RunHours::lost));
    }

    private static double total(List<Split> splits, Function<Split, Integer> held, Function<RunHours, Duration> part) {
        return splits.stream()
                .mapToDouble(split -> hours(part.apply(split.hours())) * held.apply(split))
                .sum();
    }

    private static double hours(Duration duration) {
        return duration.toMillis() / 1000.0 / SECONDS_AN_HOUR;
    }

    private List<RunRow> rows(String run) {
        return jdbc.sql("""
                        SELECT a.step_name, a.task, a.artifact_key, a.token, a.logical_index, r.run_number, r.executor_state,
                               a.state, a.failure_class, a.stop_reason, r.started_at, r.ended_at,
                               coalesce(lag(r.ended_at) OVER attempts, s.submitted_at) AS waits_since,
                               lead(r.run_number) OVER attempts IS NULL AS is_last
                        FROM attempt a
                        JOIN submission s USING (token)
                        JOIN attempt_run r ON r.token = a.token AND r.logical_index = a.logical_index
                        WHERE a.run_name = ? AND r.started_at IS NOT NULL
                        WINDOW attempts AS (PARTITION BY r.token, r.logical_index ORDER BY r.run_number)
                        ORDER BY r.started_at, a.token, a.logical_index, r.run_number""").param(run).query((row, number) -> row(row)).list();
    }

    private static RunRow row(ResultSet row) throws SQLException {
        return new RunRow(
                row.getString("step_name"),
                TaskKind.valueOf(row.getString("task")),
                new ArtifactKey(row.getString("artifact_key")),
                row.getString("token"),
                row.getInt("logical_index"),
                row.getInt("run_number"),
                row.getString("executor_state"),
                row.getString("state"),
                Optional.ofNullable(row.getString("failure_class")),
                Optional.ofNullable(row.getString("stop_reason")),
                instant(row, "waits_since"),
                instant(row, "started_at").orElseThrow(),
                instant(row, "ended_at"),
                row.getBoolean("is_last"));
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        @Nullable OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return Optional.ofNullable(value).map(OffsetDateTime::toInstant);
    }
}
