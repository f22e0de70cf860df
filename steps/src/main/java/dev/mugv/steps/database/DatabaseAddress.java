package dev.mugv.steps.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Where a database answers, and as whom.
 *
 * @param url JDBC URL, {@code jdbc:postgresql://host:port/database}
 * @param user role
 * @param password its password, empty where the server asks for none
 */
public record DatabaseAddress(String url, String user, String password) {
    private static final int CONNECT_SECONDS = 10;
    private static final String AUTHENTICATION_CLASS = "28";
    private static final String NO_SUCH_DATABASE = "3D000";

    public DatabaseAddress {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    ("Cannot use the database: expected a URL of the form jdbc:postgresql://host:port/database,"
                                    + " found '%s'. Correct database.url.")
                            .formatted(url));
        }
    }

    /** Opens one connection. */
    public Connection connect() {
        try {
            return dataSource().getConnection();
        } catch (SQLException e) {
            throw new WorkFailure(FailureKind.TRANSIENT, "Cannot connect to the database " + reason(e), e);
        }
    }

    /** A source that opens a connection at every call: for commands that ask a few questions and end. */
    public DataSource dataSource() {
        return simpleSource();
    }

    private PGSimpleDataSource simpleSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        source.setUser(user);
        source.setPassword(password);
        source.setConnectTimeout(CONNECT_SECONDS);
        source.setTcpKeepAlive(true);
        source.setApplicationName("mugv");
        return source;
    }

    /** A pool of up to {@code connections}: for the controller; to be closed by its owner. */
    public HikariDataSource pool(int connections) {
        return pool(dataSource(), connections);
    }

    /** The same with connections that the server lets change nothing. */
    public HikariDataSource poolForReading(int connections) {
        PGSimpleDataSource source = simpleSource();
        source.setOptions("-c default_transaction_read_only=on");
        return pool(source, connections);
    }

    private static HikariDataSource pool(DataSource source, int connections) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setPoolName("mugv");
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        // A server that is down is reported by connect(), with the reason, before a pool is made.
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    private String reason(SQLException e) {
        String state = e.getSQLState();
        if (state != null && state.startsWith(AUTHENTICATION_CLASS)) {
            return "at %s: it refused user '%s' (%s). Check database.user and the password."
                    .formatted(url, user, firstLine(e));
        }
        if (NO_SUCH_DATABASE.equals(state)) {
            return "at %s: the server has no such database. Create it, or correct database.url.".formatted(url);
        }
        return "at %s: expected a server that answers within %d s, found: %s. Start it, or correct database.url."
                .formatted(url, CONNECT_SECONDS, firstLine(e));
    }

    private static String firstLine(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("").replaceAll("\\.+$", "");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return user + "@" + url;
    }
}
