package dev.mugv.jobs.cli;

import dev.mugv.steps.database.SchemaMigration;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** A look at a run: one connection, plain JDBC, no Spring application. */
final class RunView {
    private final SelectedRun run;

    RunView(SelectedRun run) {
        this.run = run;
        ControllerLog.silent();
    }

    /** Answers a question of the database, which is started first where it is embedded and does not run. */
    <T> T ask(Function<JdbcClient, T> question) {
        return askConnection(
                connection -> question.apply(JdbcClient.create(new SingleConnectionDataSource(connection, true))));
    }

    /** The same for a question that needs a connection of its own, to stream. */
    <T> T askConnection(ConnectionQuestion<T> question) {
        RunDatabase database = new RunDatabase(run, System.getenv());
        try (Connection connection = database.connect()) {
            if (isOther(SchemaMigration.installedVersion(connection))) {
                database.preparation(database.roles()).migrate();
            }
            return question.ask(connection);
        } catch (SQLException e) {
            throw new IllegalStateException("the database did not answer", e);
        }
    }

    /**
     * A question of a connection.
     *
     * @param <T> the answer
     */
    @FunctionalInterface
    interface ConnectionQuestion<T> {
        T ask(Connection connection) throws SQLException;
    }

    /** Anything but this build's own version is left to the migration, which brings it up or refuses it. */
    private static boolean isOther(BigInteger installed) {
        return !installed.equals(SchemaMigration.newestVersion());
    }
}
