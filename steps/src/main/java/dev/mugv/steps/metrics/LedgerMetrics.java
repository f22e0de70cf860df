package dev.mugv.steps.metrics;

import dev.mugv.steps.goodput.Goodput;
import dev.mugv.steps.goodput.GoodputQuery;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Figures of all runs of a database in Prometheus' text form. Every exposition is a registry of its own: labels that no
 * longer occur are gone, and nothing has to be kept in step with the database.
 */
public final class LedgerMetrics {
    /** Content type of {@link #exposition}. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final JdbcClient jdbc;
    private final Clock clock;

    public LedgerMetrics(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * The figures as they are now.
     *
     * @param goodput runs whose hours are wanted too, with their workspaces; each reads some files an attempt
     */
    public String exposition(Map<String, Path> goodput) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try {
            bindLedger(registry);
            bindTraining(registry);
            bindAudit(registry);
            goodput.forEach((run, workspace) -> bindHours(registry, run, workspace));
            return registry.scrape();
        } finally {
            registry.close();
        }
    }

    private void bindLedger(MeterRegistry registry) {
        gauges(registry, "mugv.attempts", "Attempts by state", """
                SELECT count(*) AS value, run_name AS run, step_name AS step, lower(state) AS state
                FROM attempt GROUP BY 2, 3, 4""", "run", "step", "state");
        counters(registry, "mugv.failures", "Attempts that failed, by class", """
                SELECT count(*) AS value, run_name AS run, step_name AS step, lower(failure_class) AS class
                FROM attempt WHERE failure_class IS NOT NULL GROUP BY 2, 3, 4""", "run", "step", "class");
        counters(
                registry,
                "mugv.attempt.runs",
                "Executions of attempts, by how the executor says they ended",
                """
                SELECT count(*) AS value, a.run_name AS run, lower(r.executor_state) AS state
                FROM attempt_run r JOIN attempt a USING (token, logical_index) GROUP BY 2, 3""",
                "run",
                "state");
        gauges(registry, "mugv.submissions", "Submissions by state", """
                SELECT count(*) AS value, run_name AS run, lower(state) AS state FROM submission GROUP BY 2, 3""", "run", "state");
        gauges(
                registry,
                "mugv.run.active",
                "1 while a job of the run is under way, by Spring Batch's tables",
                """
                SELECT max(CASE WHEN e.status IN ('STARTING', 'STARTED', 'STOPPING') THEN 1 ELSE 0 END) AS value,
                       p.parameter_value AS run
                FROM batch_job_execution e
                JOIN batch_job_execution_params p ON p.job_execution_id = e.job_execution_id AND p.parameter_name = 'run'
                GROUP BY 2""",
                "run");
        counters(
                registry,
                "mugv.remote.calls",
                "Commands run where Slurm is, that are still remembered",
                """
                SELECT count(*) AS value, place, tool, lower(outcome) AS outcome FROM remote_call GROUP BY 2, 3, 4""",
                "place",
                "tool",
                "outcome");
        counters(registry, "mugv.node.failures", "Runs that a node is to blame for", """
                SELECT count(*) AS value, place, node, lower(kind) AS kind FROM node_failure GROUP BY 2, 3, 4""", "place", "node", "kind");
    }

    private void bindTraining(MeterRegistry registry) {
        gauges(
                registry,
                "mugv.stage.figure",
                "Numbers of a run's stages: losses, scores, seconds per update",
                """
                SELECT value, run_name AS run, stage, name FROM stage_figure""",
                "run",
                "stage",
                "name");
        gauges(registry, "mugv.clips", "Clips by decision", """
                SELECT count(*) AS value, run_name AS run, CASE WHEN kept THEN 'kept' ELSE 'rejected' END AS state
                FROM clip_decision GROUP BY 2, 3""", "run", "state");
        gauges(registry, "mugv.checkpoints", "Checkpoints that were ever published", """
                SELECT count(*) AS value, run_name AS run FROM published_checkpoint GROUP BY 2""", "run");
    }

    private void bindAudit(MeterRegistry registry) {
        counters(registry, "mugv.audit.events", "Events of the audit log", """
                SELECT count(*) AS value, lower(kind) AS kind FROM audit_event GROUP BY 2""", "kind");
        gauges(registry, "mugv.removed.bytes", "Bytes removed by retention", """
                SELECT coalesce(sum(bytes), 0) AS value, workspace FROM removed_artifact GROUP BY 2""", "workspace");
    }

    private void bindHours(MeterRegistry registry, String run, Path workspace) {
        Goodput goodput = new GoodputQuery(jdbc, workspace, clock.instant()).of(run);
        for (Goodput.Step step : goodput.steps()) {
            hours(registry, run, step.step(), "core", step.hours().core());
            hours(registry, run, step.step(), "gpu", step.hours().gpu());
            step.hours()
                    .lostByCause()
                    .forEach((cause, hours) -> value(
                            registry,
                            "mugv.lost.core.hours",
                            "Core-hours whose work was not kept, by cause",
                            hours,
                            Tags.of("run", run, "step", step.step(), "cause", cause)));
        }
        value(
                registry,
                "mugv.goodput.ratio",
                "Share of used core-hours whose result was kept",
                goodput.total().core().goodput(),
                Tags.of("run", run));
    }

    private static void hours(MeterRegistry registry, String run, String step, String unit, Goodput.Parts parts) {
        Map<String, Double> byPart = Map.of(
                "queued", parts.queued(),
                "starting", parts.starting(),
                "productive", parts.productive(),
                "saving", parts.saving(),
                "lost", parts.lost());
        byPart.forEach((part, hours) -> value(
                registry,
                "mugv." + unit + ".hours",
                "%s-hours by what they were spent on".formatted(unit.toUpperCase(Locale.ROOT)),
                hours,
                Tags.of("run", run, "step", step, "part", part)));
    }

    private void gauges(MeterRegistry registry, String name, String help, String sql, String... labels) {
        rows(sql, labels).forEach(row -> value(registry, name, help, row.value(), row.tags()));
    }

    private void counters(MeterRegistry registry, String name, String help, String sql, String... labels) {
        rows(sql, labels)
                .forEach(row -> Counter.builder(name)
                        .description(help)
                        .tags(row.tags())
                        .register(registry)
                        .increment(row.value()));
    }

    private static void value(MeterRegistry registry, String name, String help, double value, Tags tags) {
        Double held = value;
        Gauge.builder(name, held, Double::doubleValue)
                .description(help)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    private List<Row> rows(String sql, String... labels) {
        return jdbc.sql(sql).query((row, number) -> row(row, labels)).list();
    }

    private static Row row(ResultSet row, String... labels) throws SQLException {
        Tags tags = Tags.empty();
        for (String label : labels) {
            tags = tags.and(label, String.valueOf(row.getString(label)));
        }
        return new Row(row.getDouble("value"), tags);
    }

    private record Row(double value, Tags tags) {}
}
