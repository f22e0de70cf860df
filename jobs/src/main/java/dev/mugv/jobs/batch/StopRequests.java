package dev.mugv.jobs.batch;

import org.springframework.jdbc.core.simple.JdbcClient;

/** Table {@code stop_request}: how one process asks the controller of a run, another process, to stop. */
public final class StopRequests {
    private final JdbcClient jdbc;
    private final RunIdentity run;

    public StopRequests(JdbcClient jdbc, RunIdentity run) {
        this.jdbc = jdbc;
        this.run = run;
    }

    public void put() {
        jdbc.sql("INSERT INTO stop_request (run_name, workspace) VALUES (?, ?) ON CONFLICT DO NOTHING")
                .params(run.name(), run.workspace().toString())
                .update();
    }

    public void clear() {
        jdbc.sql("DELETE FROM stop_request WHERE run_name = ? AND workspace = ?")
                .params(run.name(), run.workspace().toString())
                .update();
    }

    public boolean isPresent() {
        return jdbc.sql("SELECT count(*) FROM stop_request WHERE run_name = ? AND workspace = ?")
                        .params(run.name(), run.workspace().toString())
                        .query(Integer.class)
                        .single()
                > 0;
    }
}
