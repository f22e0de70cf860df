package dev.mugv.steps.database;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.math.BigInteger;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

/** Brings a database to this build's schema, and refuses one that is ahead of it. */
public final class SchemaMigration {
    private static final String LOCATION = "db/migration";
    private static final Pattern SCRIPT = Pattern.compile(LOCATION + "/V(\\d+)__\\w+\\.sql");
    private static final String NO_MIGRATIONS = "the build has no migrations on its classpath";

    private final DataSource source;

    public SchemaMigration(DataSource source) {
        this.source = source;
    }

    /**
     * Applies what is missing; safe to call from several processes at once (Flyway locks its history table).
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} when the database is newer than this build, is not
     *     ours, or was migrated with other scripts than this build's
     */
    public void migrate() {
        Flyway flyway = flyway();
        try {
            MigrationInfo newest = newest(flyway);
            requireNotNewer(flyway, newest);
            flyway.migrate();
        } catch (FlywayException e) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    ("Cannot bring the database to this build's schema: %s. Use an empty database of its own, or the"
                                    + " build that made this one.")
                            .formatted(firstLine(e)),
                    e);
        }
    }

    /**
     * Version of the newest migration that the database has; zero for an empty one. Costs one query, against a third of
     * a second for {@link #migrate()}: for commands that only read.
     */
    public static BigInteger installedVersion(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet exists = statement.executeQuery("SELECT to_regclass('flyway_schema_history') IS NOT NULL")) {
                exists.next();
                if (!exists.getBoolean(1)) {
                    return BigInteger.ZERO;
                }
            }
            try (ResultSet version = statement.executeQuery(
                    "SELECT coalesce(max(version::numeric), 0) FROM flyway_schema_history WHERE success")) {
                version.next();
                return version.getBigDecimal(1).toBigInteger();
            }
        }
    }

    /** Version of the newest migration that this build has, by the names of its scripts. */
    public static BigInteger newestVersion() {
        URL place = SchemaMigration.class.getResource("/" + LOCATION);
        if (place == null) {
            throw new IllegalStateException(NO_MIGRATIONS);
        }
        try {
            if (place.openConnection() instanceof JarURLConnection jar) {
                try (JarFile file =
                        new JarFile(Path.of(jar.getJarFileURL().toURI()).toFile())) {
                    return newest(file.stream().map(JarEntry::getName));
                }
            }
            try (Stream<Path> scripts = Files.list(Path.of(place.toURI()))) {
                return newest(scripts.map(script -> LOCATION + "/" + script.getFileName()));
            }
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException(NO_MIGRATIONS, e);
        }
    }

    private static BigInteger newest(Stream<String> names) {
        return names.map(SCRIPT::matcher)
                .filter(Matcher::matches)
                .map(script -> new BigInteger(script.group(1)))
                .max(Comparator.naturalOrder())
                .orElseThrow(() -> new IllegalStateException(NO_MIGRATIONS));
    }

    private static void requireNotNewer(Flyway flyway, MigrationInfo newest) {
        MigrationInfo current = flyway.info().current();
        if (current != null && current.getVersion().compareTo(newest.getVersion()) > 0) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    ("Cannot use the database: expected a schema up to version %s, found version %s of a newer mugv."
                                    + " Use the mugv that made it, or a newer one.")
                            .formatted(newest.getVersion(), current.getVersion()));
        }
    }

    /** Newest of this build's own scripts. */
    private static MigrationInfo newest(Flyway flyway) {
        MigrationInfo newest = null;
        for (MigrationInfo info : flyway.info().all()) {
            if (info.getState().isResolved()) {
                newest = info;
            }
        }
        if (newest == null) {
            throw new IllegalStateException(NO_MIGRATIONS);
        }
        return newest;
    }

    private Flyway flyway() {
        return Flyway.configure()
                .dataSource(source)
                .locations("classpath:" + LOCATION)
                .cleanDisabled(true)
                .load();
    }

    private static String firstLine(FlywayException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("").replaceAll("\\.+$", "");
    }
}
