package dev.mugv.jobs.batch;

import dev.mugv.steps.database.DatabaseAddress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The right to be a run's only controller: a session advisory lock on a connection of its own, held for the whole run.
 * PostgreSQL frees it when the connection ends, so a killed controller leaves nothing behind. (Not through a pooler that
 * shares connections between transactions.)
 */
public final class RunLock implements AutoCloseable {
    private final Connection connection;

    private RunLock(Connection connection) {
        this.connection = connection;
    }

    /** The lock, unless another process has it. */
    public static Optional<RunLock> tryAcquire(DatabaseAddress database, RunIdentity run) {
        Connection connection = database.connect();
        try {
            if (lock(connection, run)) {
                return Optional.of(new RunLock(connection));
            }
            connection.close();
            return Optional.empty();
        } catch (SQLException e) {
            throw new IllegalStateException("the run lock cannot be asked for", e);
        }
    }

    /** Whether some process is at work on the run; takes no lock. */
    public static boolean isHeldBySomebody(JdbcClient jdbc, RunIdentity run) {
        // A 64-bit key is shown as two halves, objsubid 1 (PostgreSQL manual, section 53.13).
        return jdbc.sql("""
                                SELECT count(*) FROM pg_locks
                                WHERE locktype = 'advisory' AND objsubid = 1 AND granted
                                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                                  AND ((classid::bigint << 32) | objid::bigint) = hashtextextended(?, 0)
                                """).param(key(run)).query(Integer.class).single() > 0;
    }

    /** Whether the connection, and so the lock, is still ours. */
    public boolean isHeld() {
        try {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            giveBack();
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("the run lock cannot be given back", e);
        }
    }

    /** By a question that is answered: a server notes the end of a connection only afterwards, and the next launch could find it held. */
    private void giveBack() {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_unlock_all()");
        } catch (SQLException lost) {
            // The connection has ended, and the lock with it.
        }
    }

    private static boolean lock(Connection connection, RunIdentity run) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT pg_try_advisory_lock(hashtextextended(?, 0))")) {
            statement.setString(1, key(run));
            try (ResultSet answer = statement.executeQuery()) {
                answer.next();
                return answer.getBoolean(1);
            }
        }
    }

    private static String key(RunIdentity run) {
        return "mugv run " + run;
    }
}
