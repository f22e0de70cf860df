package dev.mugv.steps.catalog;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Table {@code run_alarm}: what a person must not miss about the last evaluation of a run. */
public final class AlarmCatalog {
    private final JdbcClient jdbc;

    public AlarmCatalog(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Puts the alarms of a new report in the place of the last one's; to be called in a transaction. */
    public void replace(String run, List<String> alarms) {
        jdbc.sql("DELETE FROM run_alarm WHERE run_name = ?").param(run).update();
        for (int position = 0; position < alarms.size(); position++) {
            jdbc.sql("INSERT INTO run_alarm (run_name, position, message) VALUES (?, ?, ?)")
                    .params(run, position, alarms.get(position))
                    .update();
        }
    }

    /** Alarms of the run's last report. */
    public List<String> of(String run) {
        return jdbc.sql("SELECT message FROM run_alarm WHERE run_name = ? ORDER BY position")
                .param(run)
                .query(String.class)
                .list();
    }

    /** Those of them that were known at a time. */
    public List<String> of(String run, Instant at) {
        return jdbc.sql("SELECT message FROM run_alarm WHERE run_name = ? AND noted_at <= ? ORDER BY position")
                .params(run, at.atOffset(ZoneOffset.UTC))
                .query(String.class)
                .list();
    }
}
