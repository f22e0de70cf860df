package dev.mugv.jobs.cli;

import dev.mugv.jobs.batch.RunIdentity;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.springframework.jdbc.core.simple.JdbcClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mugv jobs}. */
@Command(
        name = "jobs",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Lists every execution of a run's jobs, oldest first.",
            "",
            "A round ends when the job completes; stopped, failed and killed executions are restarted within their round."
        },
        footer = {"", "Examples:", "  mugv jobs", "  mugv jobs --job pretrain --json", "  mugv run --job curate-videos"
        })
final class JobsCommand extends RunQuestion<List<? extends JobsCommand.Row>> {
    @Option(
            names = {"-j", "--job"},
            paramLabel = "JOB",
            defaultValue = "",
            description = "Only this job.")
    private String job = "";

    @Option(
            names = "--attempts-started-twice",
            description = "List attempts that were executed more than once instead; there are none unless an executor"
                    + " requeued one.")
    private boolean startedTwice;

    /** A line of either list. */
    sealed interface Row {}

    /** One execution of a job. */
    record Execution(long execution, String job, long round, String status, String started, String ended, int steps)
            implements Row {}

    /** An attempt with more than one run. */
    record RepeatedAttempt(String step, String label, String token, int index, int runs) implements Row {}

    @Override
    List<? extends Row> answer(SelectedRun run) {
        if (startedTwice) {
            return new RunView(run).ask(jdbc -> repeated(jdbc, run.identity()));
        }
        return new RunView(run)
                .ask(jdbc -> executions(jdbc, run.identity())).stream()
                        .filter(execution -> job.isEmpty() || execution.job().equals(job))
                        .toList();
    }

    @Override
    void print(List<? extends Row> rows, PrintWriter out) {
        if (!startedTwice) {
            out.println("%9s  %-16s %5s  %-10s %-19s  %-19s %5s"
                    .formatted("execution", "job", "round", "state", "started", "ended", "steps"));
        }
        rows.forEach(row -> out.println(line(row)));
        if (startedTwice) {
            out.println(rows.size() + " attempts were executed more than once.");
        }
    }

    private static String line(Row row) {
        if (row instanceof RepeatedAttempt attempt) {
            return "%s, %s: %d runs (submission %s, index %d)"
                    .formatted(attempt.step(), attempt.label(), attempt.runs(), attempt.token(), attempt.index());
        }
        Execution execution = (Execution) row;
        return "%9d  %-16s %5d  %-10s %-19s  %-19s %5d"
                .formatted(
                        execution.execution(),
                        execution.job(),
                        execution.round(),
                        execution.status().toLowerCase(Locale.ROOT),
                        execution.started(),
                        execution.ended(),
                        execution.steps());
    }

    static List<Execution> executions(JdbcClient jdbc, RunIdentity run) {
        return jdbc.sql("""
                        SELECT e.job_execution_id AS execution, i.job_name AS job, r.parameter_value::bigint AS round,
                               e.status,
                               coalesce(to_char(e.start_time, 'YYYY-MM-DD HH24:MI:SS'), '') AS started,
                               coalesce(to_char(e.end_time, 'YYYY-MM-DD HH24:MI:SS'), '') AS ended,
                               (SELECT count(*) FROM batch_step_execution s
                                WHERE s.job_execution_id = e.job_execution_id)::int AS steps
                        FROM batch_job_execution e
                        JOIN batch_job_instance i USING (job_instance_id)
                        JOIN batch_job_execution_params n
                          ON n.job_execution_id = e.job_execution_id AND n.parameter_name = 'run'
                        JOIN batch_job_execution_params w
                          ON w.job_execution_id = e.job_execution_id AND w.parameter_name = 'workspace'
                        JOIN batch_job_execution_params r
                          ON r.job_execution_id = e.job_execution_id AND r.parameter_name = 'round'
                        WHERE n.parameter_value = :run AND w.parameter_value = :workspace
                        ORDER BY e.job_execution_id
                        """)
                .param("run", run.name())
                .param("workspace", run.workspace().toString())
                .query((row, number) -> new Execution(
                        row.getLong("execution"),
                        row.getString("job"),
                        row.getLong("round"),
                        row.getString("status"),
                        row.getString("started"),
                        row.getString("ended"),
                        row.getInt("steps")))
                .list();
    }

    static List<RepeatedAttempt> repeated(JdbcClient jdbc, RunIdentity run) {
        return jdbc.sql("""
                        SELECT a.step_name, a.label, a.token, a.logical_index, count(*)::int AS runs
                        FROM attempt a JOIN attempt_run r USING (token, logical_index)
                        WHERE a.run_name = ?
                        GROUP BY a.step_name, a.label, a.token, a.logical_index HAVING count(*) > 1
                        ORDER BY a.step_name, a.label
                        """)
                .param(run.name())
                .query((row, number) -> new RepeatedAttempt(
                        row.getString("step_name"),
                        row.getString("label"),
                        row.getString("token"),
                        row.getInt("logical_index"),
                        row.getInt("runs")))
                .list();
    }
}
