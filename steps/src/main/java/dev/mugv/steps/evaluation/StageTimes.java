package dev.mugv.steps.evaluation;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How long the steps of a run took, over all their executions, by Spring Batch's own tables. */
public final class StageTimes {
    private final JdbcClient jdbc;

    public StageTimes(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Wall-clock time by step: the longest round of it that completed, so that a later round that found everything up to
     * date does not hide what the work took.
     *
     * @param run value of the identifying job parameter {@code run}
     */
    public Map<String, Duration> byStep(String run) {
        Map<String, Duration> times = new HashMap<>();
        jdbc.sql("""
                        SELECT step_name, max(seconds) AS seconds FROM (
                            SELECT s.step_name, e.job_instance_id,
                                   sum(extract(epoch FROM coalesce(s.end_time, s.last_updated) - s.start_time)) AS seconds
                            FROM batch_step_execution s
                            JOIN batch_job_execution e USING (job_execution_id)
                            JOIN batch_job_execution_params p USING (job_execution_id)
                            WHERE p.parameter_name = 'run' AND p.parameter_value = ? AND s.start_time IS NOT NULL
                            GROUP BY s.step_name, e.job_instance_id) AS rounds
                        GROUP BY step_name""").param(run).query(rs -> {
            times.put(rs.getString("step_name"), Duration.ofMillis(Math.round(1000 * rs.getDouble("seconds"))));
        });
        return times;
    }
}
