package dev.mugv.jobs.cli;

import dev.mugv.model.config.DatabaseConfiguration;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.database.DatabaseAddress;
import dev.mugv.steps.database.EmbeddedServerFolders;
import dev.mugv.steps.database.SchemaMigration;
import dev.mugv.steps.database.ZonkyPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

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

    /** Opens the database for work: started if embedded, at this build's schema, the workspace tied to this host. */
    DatabaseAddress openForWork() {
        DatabaseAddress address = open();
        if (configuration.url().isEmpty()) {
            embedded().claim(workspace);
        }
        requireAnswer(address);
        new SchemaMigration(address.dataSource()).migrate();
        return address;
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

    /** Opens the database for a look; the caller sees whether its schema is older. */
    DatabaseAddress open() {
        return configuration.url().isPresent()
                ? server(configuration.url().get())
                : embedded().open();
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
        String password = configuration
                .passwordFile()
                .map(RunDatabase::firstLine)
                .orElse(environment.getOrDefault(configuration.passwordVariable(), ""));
        return new DatabaseAddress(url, configuration.user(), password);
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
