package dev.mugv.steps.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;

/**
 * Transactions whose commit does not wait for the disk, for records that a restart does not rest on: after a loss of power the last
 * half second of them may be missing, never a part from the middle, and any other commit puts all before it on disk too (PostgreSQL
 * manual, asynchronous commit).
 */
public final class DeferredCommits extends JdbcTransactionManager {
    private static final long serialVersionUID = 1;

    public DeferredCommits(DataSource source) {
        super(source);
    }

    @Override
    protected void prepareTransactionalConnection(Connection connection, TransactionDefinition definition)
            throws SQLException {
        super.prepareTransactionalConnection(connection, definition);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL synchronous_commit TO OFF");
        }
    }
}
