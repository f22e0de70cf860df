package dev.mugv.steps.work;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Table {@code follow_up}: which jobs will advance a run. A run has at most one that is not over; each method is one transaction. */
public final class FollowUpLedger {
    private final JdbcClient jdbc;

    public FollowUpLedger(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * One that may be there.
     *
     * @param externalId Slurm's id; absent while it is not known whether Slurm took it
     * @param triedAt when sbatch was about to be called
     */
    public record Entry(String token, Optional<String> externalId, Instant triedAt) {}

    /** The run's one that is not over. */
    public Optional<Entry> open(String runName) {
        return jdbc.sql("""
                        SELECT token, external_id, tried_at FROM follow_up
                        WHERE run_name = ? AND state IN ('SUBMIT_UNKNOWN', 'SUBMITTED')""").param(runName).query((row, number) -> entry(row)).optional();
    }

    /** Notes that sbatch is about to be called. */
    public void tries(String token, String runName, String job, List<String> after, Instant now) {
        jdbc.sql("""
                        INSERT INTO follow_up (token, run_name, job_name, state, after_jobs, tried_at)
                        VALUES (?, ?, ?, 'SUBMIT_UNKNOWN', ?, ?)""")
                .params(token, runName, job, String.join(",", after), timestamp(now))
                .update();
    }

    /** Notes that Slurm has it. */
    public void submitted(String token, String externalId) {
        jdbc.sql(
                        "UPDATE follow_up SET state = 'SUBMITTED', external_id = ? WHERE token = ? AND state = 'SUBMIT_UNKNOWN'")
                .params(externalId, token)
                .update();
    }

    /** Notes why it is not known whether Slurm has it. */
    public void unknown(String token, String reason) {
        jdbc.sql("UPDATE follow_up SET reason = ? WHERE token = ? AND state = 'SUBMIT_UNKNOWN'")
                .params(reason, token)
                .update();
    }

    /** Notes that Slurm refused it. */
    public void rejected(String token, String reason, Instant now) {
        jdbc.sql("UPDATE follow_up SET state = 'REJECTED', reason = ?, settled_at = ? WHERE token = ?")
                .params(reason, timestamp(now), token)
                .update();
    }

    /** Notes that it has begun, has ended, or was never there. */
    public void over(String token, Instant now) {
        jdbc.sql("UPDATE follow_up SET state = 'OVER', settled_at = ? WHERE token = ?")
                .params(timestamp(now), token)
                .update();
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                row.getString("token"),
                Optional.ofNullable(row.getString("external_id")),
                row.getObject("tried_at", OffsetDateTime.class).toInstant());
    }

    private static OffsetDateTime timestamp(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
