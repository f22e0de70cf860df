package dev.mugv.jobs.cli;

import dev.mugv.model.config.DatabaseConfiguration;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.audit.Actor;
import dev.mugv.steps.audit.AuditEvent;
import dev.mugv.steps.audit.AuditKind;
import dev.mugv.steps.audit.AuditLog;
import dev.mugv.steps.database.DatabaseAddress;
import dev.mugv.steps.database.DatabasePreparation;
import dev.mugv.steps.database.DatabaseRoles;
import dev.mugv.steps.database.EmbeddedServerFolders;
import dev.mugv.steps.database.ZonkyPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The database of a run: a server elsewhere where the configuration names one, the workspace's embedded one otherwise. */
final class RunDatabase {
    private final DatabaseConfiguration configuration;
    private final Path workspace;
    private final Map<String, String> environment;

    RunDatabase(SelectedRun run, Map<String, String> environment) {
        this.configuration = run.configuration().database();
        this.workspace = run.identity().workspace();
        this.environment = environment;
    }

    /**
     * Opens the database for work: started if embedded, at this build's schema, the workspace tied to this host, under a role
     * that cannot change the audit log.
     */
    DatabaseAddress openForWork() {
        DatabaseRoles roles = roles();
        if (configuration.url().isEmpty()) {
            embedded().claim(workspace);
        }
        requireAnswer(roles.application());
        preparation(roles).prepare().ifPresent(power -> noteUnprotected(roles.application(), power));
        return roles.application();
    }

    /** Both roles of the database, which is started if embedded. */
    DatabaseRoles roles() {
        if (configuration.url().isEmpty()) {
            return embedded().openRoles();
        }
        String url = configuration.url().get();
        return new DatabaseRoles(
                server(url),
                configuration
                        .owner()
                        .map(owner -> new DatabaseAddress(
                                url,
                                owner,
                                password(configuration.ownerPasswordFile(), configuration.ownerPasswordVariable()))));
    }

    /** What brings the database to this build's schema and rights. */
    DatabasePreparation preparation(DatabaseRoles roles) {
        return new DatabasePreparation(roles, configuration.separation());
    }

    private void noteUnprotected(DatabaseAddress address, String power) {
        System.err.println("Warning: the audit log does not protect against mugv itself: " + power
                + " (database.separation is waived).");
        DataSource source = address.dataSource();
        new AuditLog(
                        JdbcClient.create(source),
                        new TransactionTemplate(new JdbcTransactionManager(source)),
                        Actor.ofThisProcess())
                .append(new AuditEvent(
                        AuditKind.UNPROTECTED, Optional.empty(), "database", new TreeMap<>(Map.of("role", power))));
    }

    private static void requireAnswer(DatabaseAddress address) {
        try (Connection connection = address.connect()) {
            connection.isValid(0);
        } catch (SQLException e) {
            throw new WorkFailure(
                    FailureKind.TRANSIENT,
                    "Cannot use the database at %s: %s. Try again.".formatted(address.url(), e.getMessage()),
                    e);
        }
    }

    /** A connection for a look. An embedded server that is up is asked at once: to see first whether it answers costs a log-in more. */
    Connection connect() {
        Optional<DatabaseAddress> up = embeddedServer().flatMap(ZonkyPostgres::runningForWork);
        if (up.isPresent()) {
            try {
                return up.get().connect();
            } catch (WorkFailure noLonger) {
                return roles().application().connect();
            }
        }
        return roles().application().connect();
    }

    /** Opens the database for a look; the caller sees whether its schema is older. */
    DatabaseAddress open() {
        return roles().application();
    }

    /** The embedded server; empty where the configuration names a server elsewhere. */
    Optional<ZonkyPostgres> embeddedServer() {
        return configuration.url().isPresent() ? Optional.empty() : Optional.of(embedded());
    }

    private ZonkyPostgres embedded() {
        EmbeddedServerFolders folders = EmbeddedServerFolders.of(workspace, environment);
        return new ZonkyPostgres(configuration.folder().map(folders::withHome).orElse(folders));
    }

    private DatabaseAddress server(String url) {
        return new DatabaseAddress(
                url, configuration.user(), password(configuration.passwordFile(), configuration.passwordVariable()));
    }

    private String password(Optional<Path> file, String variable) {
        return file.map(RunDatabase::firstLine).orElse(environment.getOrDefault(variable, ""));
    }

    private static String firstLine(Path file) {
        try {
            return Files.readString(file).lines().findFirst().orElse("").strip();
        } catch (IOException e) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot read the database's password from '%s': %s. Correct database.password-file."
                            .formatted(file, e),
                    e);
        }
    }
}
