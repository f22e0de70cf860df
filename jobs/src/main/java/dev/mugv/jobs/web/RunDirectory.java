package dev.mugv.jobs.web;

import dev.mugv.jobs.batch.RunIdentity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The runs of the database: the one that the server was started for, then the others, the last started first. */
final class RunDirectory {
    private final JdbcClient jdbc;
    private final ServedRun served;

    RunDirectory(JdbcClient jdbc, ServedRun served) {
        this.jdbc = jdbc;
        this.served = served;
    }

    List<RunIdentity> all() {
        List<RunIdentity> runs = new ArrayList<>(List.of(served.identity()));
        jdbc
                .sql("""
                        SELECT n.parameter_value AS run, w.parameter_value AS workspace, max(n.job_execution_id) AS newest
                        FROM batch_job_execution_params n
                        JOIN batch_job_execution_params w USING (job_execution_id)
                        WHERE n.parameter_name = 'run' AND w.parameter_name = 'workspace'
                        GROUP BY 1, 2 ORDER BY newest DESC""")
                .query((row, number) -> new RunIdentity(row.getString("run"), Path.of(row.getString("workspace"))))
                .list()
                .stream()
                .filter(run -> !run.equals(served.identity()))
                .forEach(runs::add);
        return runs;
    }

    /**
     * The run of this name, where there are several the first of {@link #all}: catalogs know runs by their names.
     *
     * @throws NoSuchPage when there is none
     */
    RunIdentity require(String name) {
        return all().stream()
                .filter(run -> run.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoSuchPage(
                        "run '%s'".formatted(name),
                        "the database has no run of this name. See the list of runs, or start it with 'mugv run'."));
    }
}
