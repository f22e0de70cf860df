package dev.mugv.steps.poll;

import java.time.Duration;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Table {@code remote_call}: what was run where Slurm is, and whether one more may be. */
public final class RemoteCallLedger {
    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final Caller caller;

    /**
     * Who runs commands where.
     *
     * @param place user and login node, or {@code local}
     * @param callsPerMinute of all controllers of the place together
     * @param retention after which calls are forgotten
     */
    public record Caller(
            String place, ControllerName controller, String runName, int callsPerMinute, Duration retention) {}

    public RemoteCallLedger(JdbcClient jdbc, TransactionOperations transactions, Caller caller) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.caller = caller;
    }

    Caller caller() {
        return caller;
    }

    /** Notes that a call begins, unless the place's calls of the last minute are used up. */
    Optional<Long> begin(String tool) {
        Optional<Long> number = transactions.execute(status -> {
            jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))")
                    .param("mugv calls " + caller.place())
                    .query((row, index) -> "")
                    .single();
            return jdbc.sql("""
                            INSERT INTO remote_call (place, controller, run_name, tool, begun_at, outcome)
                            SELECT ?, ?, ?, ?, clock_timestamp(), 'BEGUN'
                            WHERE (SELECT count(*) FROM remote_call
                                   WHERE place = ? AND begun_at > clock_timestamp() - interval '1 minute') < ?
                            RETURNING number""")
                    .params(
                            caller.place(),
                            caller.controller().text(),
                            caller.runName(),
                            tool,
                            caller.place(),
                            caller.callsPerMinute())
                    .query(Long.class)
                    .optional();
        });
        return number == null ? Optional.empty() : number;
    }

    /** What a call came to. */
    record End(Duration duration, String outcome, Optional<Integer> exitCode, long bytes, Optional<String> reason) {}

    void end(long number, End end) {
        jdbc.sql("""
                        UPDATE remote_call SET duration_ms = ?, outcome = ?, exit_code = ?, bytes = ?, reason = ?
                        WHERE number = ?""")
                .param(end.duration().toMillis())
                .param(end.outcome())
                .param(end.exitCode().orElse(null))
                .param(end.bytes())
                .param(end.reason().orElse(null))
                .param(number)
                .update();
    }

    /** Forgets calls that are older than anybody asks for. */
    void forgetOld() {
        jdbc.sql("DELETE FROM remote_call WHERE place = ? AND begun_at < clock_timestamp() - make_interval(secs => ?)")
                .params(caller.place(), caller.retention().toSeconds())
                .update();
    }
}
