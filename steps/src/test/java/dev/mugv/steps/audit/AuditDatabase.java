package dev.mugv.steps.audit;

import dev.mugv.steps.database.DatabaseAddress;
import dev.mugv.steps.database.PostgresFixture;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A database with a chain of its own, to be tampered with. */
final class AuditDatabase implements AutoCloseable {
    private final DatabaseAddress server;
    private final String name;
    final DatabaseAddress address;
    final JdbcClient jdbc;
    final TransactionTemplate transactions;
    final AuditLog log;

    private AuditDatabase(DatabaseAddress server, String name) {
        this.server = server;
        this.name = name;
        this.address = new DatabaseAddress(
                server.url().replaceFirst("/[^/?]+(\\?|$)", "/" + name + "$1"), server.user(), server.password());
        DataSource source = address.dataSource();
        this.jdbc = JdbcClient.create(source);
        this.transactions = new TransactionTemplate(new JdbcTransactionManager(source));
        this.log = new AuditLog(jdbc, transactions, new Actor("ann", "login1", 4711));
    }

    static AuditDatabase create(PostgresFixture fixture) {
        return copyOf(fixture.address(), databaseOf(fixture.address()));
    }

    /** What a backup of this moment, restored beside it, would be. */
    AuditDatabase backup() {
        return copyOf(server, name);
    }

    private static AuditDatabase copyOf(DatabaseAddress server, String template) {
        String name = "audit_" + UUID.randomUUID().toString().replace("-", "");
        execute(server, "CREATE DATABASE %s TEMPLATE %s".formatted(name, template));
        return new AuditDatabase(server, name);
    }

    private static String databaseOf(DatabaseAddress address) {
        return address.url().replaceFirst(".*/([^/?]+).*", "$1");
    }

    void append(int count) {
        for (int i = 1; i <= count; i++) {
            log.append(AuditEvent.of(AuditKind.STARTED, "cats", "token/" + i, Map.of("host", "node" + i, "run", 0)));
        }
    }

    /** As a superuser with all triggers off. */
    void tamper(String... statements) {
        execute(address, "SET session_replication_role = replica; " + String.join("; ", statements));
    }

    ChainVerification.Result verify(List<HeadFiles.Located> heads) throws SQLException {
        try (Connection connection = address.connect()) {
            return new ChainVerification(connection, heads).verify();
        }
    }

    private static void execute(DatabaseAddress address, String sql) {
        try (Connection connection = address.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        execute(server, "DROP DATABASE %s WITH (FORCE)".formatted(name));
    }
}
