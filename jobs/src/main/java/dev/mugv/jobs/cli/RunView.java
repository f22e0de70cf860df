package dev.mugv.jobs.cli;

import dev.mugv.steps.database.DatabaseAddress;
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
        DatabaseAddress address = new RunDatabase(run, System.getenv()).open();
        try (Connection connection = address.connect()) {
            if (isOther(SchemaMigration.installedVersion(connection))) {
                new SchemaMigration(address.dataSource()).migrate();
            }
            return question.apply(JdbcClient.create(new SingleConnectionDataSource(connection, true)));
        } catch (SQLException e) {
            throw new IllegalStateException("the database did not answer", e);
        }
    }

    /** Anything but this build's own version is left to the migration, which brings it up or refuses it. */
    private static boolean isOther(BigInteger installed) {
        return !installed.equals(SchemaMigration.newestVersion());
    }
}
