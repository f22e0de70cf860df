package dev.mugv.steps.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * A fresh, migrated database for one test class, on one server a JVM: a container where Docker answers, the product's
 * own embedded server otherwise.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final PostgresFixture postgres = PostgresFixture.migrated();
 * }</pre>
 */
public final class PostgresFixture implements BeforeAllCallback, AfterAllCallback {
    private static final String IMAGE = "postgres:18-alpine";
    private static final String TEMPLATE = "mugv_template";
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(PostgresFixture.class);

    private final String template;
    private final String database = "test_" + UUID.randomUUID().toString().replace("-", "");
    private TestServer server;

    private PostgresFixture(String template) {
        this.template = template;
    }

    /** A database with this build's schema. */
    public static PostgresFixture migrated() {
        return new PostgresFixture(TEMPLATE);
    }

    /** An empty database. */
    public static PostgresFixture empty() {
        return new PostgresFixture("template0");
    }

    /** Address of this class's database. */
    public DatabaseAddress address() {
        return server.addressOf(database);
    }

    /** Connections to this class's database, one a call. */
    public DataSource dataSource() {
        return address().dataSource();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        server = context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(TestServer.class, key -> TestServer.start(), TestServer.class);
        server.execute("CREATE DATABASE %s TEMPLATE %s".formatted(database, template));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        server.execute("DROP DATABASE %s WITH (FORCE)".formatted(database));
    }

    /** The server, ended with the JVM's test run. */
    private record TestServer(DatabaseAddress address, AutoCloseable process) implements AutoCloseable {
        static TestServer start() {
            TestServer server = dockerAnswers() ? container() : embedded();
            server.execute("CREATE DATABASE " + TEMPLATE);
            new SchemaMigration(server.addressOf(TEMPLATE).dataSource()).migrate();
            return server;
        }

        DatabaseAddress addressOf(String database) {
            return new DatabaseAddress(
                    address.url().replaceFirst("/[^/?]+(\\?|$)", "/" + database + "$1"),
                    address.user(),
                    address.password());
        }

        void execute(String sql) {
            try (Connection connection = address.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() throws Exception {
            process.close();
        }

        private static TestServer container() {
            PostgreSQLContainer container = new PostgreSQLContainer(IMAGE);
            container.start();
            return new TestServer(
                    new DatabaseAddress(container.getJdbcUrl(), container.getUsername(), container.getPassword()),
                    container::stop);
        }

        private static TestServer embedded() {
            try {
                Path home = Files.createTempDirectory("mugv-test-postgres");
                EmbeddedServerFolders folders =
                        EmbeddedServerFolders.of(home, System.getenv()).withHome(home.resolve("server"));
                home.toFile().setExecutable(true, false);
                ZonkyPostgres postgres = new ZonkyPostgres(folders);
                DatabaseAddress address = postgres.open();
                return new TestServer(address, () -> {
                    postgres.stop();
                    deleteTree(home);
                });
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Asked of the Docker socket first: Testcontainers' own search logs an error where there is no Docker. */
        private static boolean dockerAnswers() {
            boolean mayBeThere = Files.exists(Path.of("/var/run/docker.sock")) || System.getenv("DOCKER_HOST") != null;
            return mayBeThere && DockerClientFactory.instance().isDockerAvailable();
        }
    }

    /** Deletes a folder with everything in it. */
    static void deleteTree(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
