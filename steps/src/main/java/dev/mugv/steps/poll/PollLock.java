package dev.mugv.steps.poll;

import dev.mugv.steps.database.DatabaseAddress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The right to ask Slurm for all controllers of a place: a session advisory lock on a connection of its own, which
 * PostgreSQL frees when the controller dies.
 */
final class PollLock implements AutoCloseable {
    private final Connection connection;

    private PollLock(Connection connection) {
        this.connection = connection;
    }

    /** The lock, unless another controller has it. */
    static Optional<PollLock> tryAcquire(DatabaseAddress database, String place) {
        Connection connection = database.connect();
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT pg_try_advisory_lock(hashtextextended(?, 0))")) {
            statement.setString(1, "mugv poller " + place);
            boolean acquired;
            try (ResultSet answer = statement.executeQuery()) {
                answer.next();
                acquired = answer.getBoolean(1);
            }
            if (acquired) {
                return Optional.of(new PollLock(connection));
            }
            connection.close();
            return Optional.empty();
        } catch (SQLException e) {
            throw new IllegalStateException("the poller's lock cannot be asked for", e);
        }
    }

    boolean isHeld() {
        try {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("the poller's lock cannot be given back", e);
        }
    }
}
