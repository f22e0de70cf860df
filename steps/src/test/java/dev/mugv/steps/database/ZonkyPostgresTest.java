package dev.mugv.steps.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.run.WorkFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZonkyPostgresTest {
    @TempDir
    Path scratch;

    private EmbeddedServerFolders folders;

    @BeforeEach
    void chooseFolders() {
        folders = EmbeddedServerFolders.of(scratch, System.getenv()).withHome(scratch.resolve("server"));
    }

    @AfterEach
    void stopServer() {
        new ZonkyPostgres(folders).stop();
    }

    @Test
    void commitsAreDurableBeforeTheyAreAcknowledged() throws Exception {
        try (Connection connection = new ZonkyPostgres(folders).open().connect()) {
            assertThat(setting(connection, "fsync")).isEqualTo("on");
            assertThat(setting(connection, "synchronous_commit")).isEqualTo("on");
            assertThat(setting(connection, "full_page_writes")).isEqualTo("on");
            assertThat(setting(connection, "server_encoding")).isEqualTo("UTF8");
            assertThat(setting(connection, "lc_collate", "datcollate")).isEqualTo("C");
        }
    }

    @Test
    void onlyTheOwnerReadsThePasswordAndNobodyEntersWithoutIt() throws Exception {
        DatabaseAddress address = new ZonkyPostgres(folders).open();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folders.passwordFile())))
                .isEqualTo("rw-------");
        DatabaseAddress intruder = new DatabaseAddress(address.url(), address.user(), "guess");
        assertThatThrownBy(intruder::connect)
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("it refused user 'mugv'")
                .hasMessageEndingWith("Check database.user and the password.");
    }

    @Test
    void oneServerAnswersAllThatStartItAtOnce() throws Exception {
        ExecutorService starters = Executors.newFixedThreadPool(4);
        try {
            List<Future<DatabaseAddress>> starting = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Callable<DatabaseAddress> open = () -> new ZonkyPostgres(folders).open();
                starting.add(starters.submit(open));
            }
            DatabaseAddress first = starting.get(0).get(2, TimeUnit.MINUTES);
            for (Future<DatabaseAddress> other : starting) {
                assertThat(other.get(2, TimeUnit.MINUTES)).isEqualTo(first);
            }
            first.connect().close();
        } finally {
            starters.shutdownNow();
        }
    }

    @Test
    void aServerIsAdoptedAfterItsStarterWasKilled() throws Exception {
        Process starter = startController();
        long server = postmaster();
        starter.destroyForcibly().waitFor();

        ZonkyPostgres next = new ZonkyPostgres(folders);
        next.open().connect().close();
        assertThat(postmaster()).isEqualTo(server);
    }

    @Test
    void committedRowsSurviveTheKillOfTheServerItself() throws Exception {
        ZonkyPostgres postgres = new ZonkyPostgres(folders);
        try (Connection connection = postgres.open().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE kept (n int)");
            for (int round = 1; round <= 3; round++) {
                try (Connection session = postgres.open().connect();
                        Statement insert = session.createStatement()) {
                    insert.execute("INSERT INTO kept VALUES (" + round + ")");
                }
                long killed = postmaster();
                kill(killed);
                try (Connection session = postgres.open().connect();
                        Statement select = session.createStatement();
                        ResultSet count = select.executeQuery("SELECT count(*) FROM kept")) {
                    count.next();
                    assertThat(count.getInt(1)).isEqualTo(round);
                }
                assertThat(postmaster()).isNotEqualTo(killed);
            }
        }
    }

    @Test
    void anotherProcessUnderTheNumberOfADeadServerIsNotTakenForIt() throws Exception {
        ZonkyPostgres postgres = new ZonkyPostgres(folders);
        postgres.open();
        List<String> lines = new ArrayList<>(Files.readAllLines(folders.postmasterFile()));
        kill(postmaster());
        lines.set(0, Long.toString(ProcessHandle.current().pid()));
        Files.write(folders.postmasterFile(), lines);

        assertThat(postgres.running()).isEmpty();
        postgres.open().connect().close();
    }

    @Test
    void anInterruptedInitialisationIsMadeAgain() throws Exception {
        Files.createDirectories(folders.home().resolve("data.pending-1").resolve("base"));
        new ZonkyPostgres(folders).open().connect().close();
        assertThat(folders.home().resolve("data.pending-1")).doesNotExist();
    }

    @Test
    void refusesANetworkFileSystem() {
        MountTable mounts = MountTable.parse(
                "/dev/sda / ext4 rw 0 0\nfiler:/home %s nfs4 rw 0 0\n".formatted(scratch.toAbsolutePath()));
        ZonkyPostgres postgres = new ZonkyPostgres(folders, mounts, HostClaim.ofThisHost());
        assertThatThrownBy(postgres::open)
                .hasMessage(("Cannot keep the embedded database in '%s': expected a local disk, found a network file"
                                + " system (nfs4). Set database.folder or MUGV_DATA_HOME to a local folder, or database.url"
                                + " to a PostgreSQL server.")
                        .formatted(folders.home()));
    }

    @Test
    void refusesTheDataOfAnotherHost() {
        new ZonkyPostgres(folders, MountTable.ofThisHost(), new HostClaim("other-id", "node7")).open();
        ZonkyPostgres here = new ZonkyPostgres(folders, MountTable.ofThisHost(), new HostClaim("my-id", "laptop"));
        assertThatThrownBy(here::open)
                .hasMessageStartingWith("Cannot use the embedded database of '%s': it belongs to host 'node7', this is"
                        .formatted(folders.home()))
                .hasMessageContaining("database.url");
    }

    @Test
    void aWorkspaceKeepsItsDatabase() throws Exception {
        Path workspace = Files.createDirectories(scratch.resolve("workspace"));
        ZonkyPostgres first = new ZonkyPostgres(folders);
        first.open();
        first.claim(workspace);
        first.claim(workspace);
        ZonkyPostgres other = new ZonkyPostgres(folders.withHome(scratch.resolve("other")));
        assertThatThrownBy(() -> other.claim(workspace))
                .hasMessageContaining("expected its own in '" + folders.home() + "'");
    }

    @Test
    void stoppingEndsTheServerAndStartingAgainKeepsItsRows() throws Exception {
        ZonkyPostgres postgres = new ZonkyPostgres(folders);
        DatabaseAddress before = postgres.open();
        try (Connection connection = before.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE kept (n int)");
        }
        assertThat(postgres.stop()).isTrue();
        assertThat(postgres.running()).isEmpty();
        assertThat(postgres.stop()).isFalse();
        try (Connection connection = postgres.open().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO kept VALUES (1)");
        }
    }

    @Test
    void everyAccountThatThisHostAllowsStartsTheSameData() throws Exception {
        Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwx--x--x"));
        List<ServerAccount> accounts = ServerAccount.isRoot()
                ? List.of(ServerAccount.NOBODY, ServerAccount.USER_NAMESPACE, ServerAccount.NOBODY)
                : List.of(ServerAccount.SELF);
        ZonkyPostgres postgres = new ZonkyPostgres(folders);
        for (ServerAccount account : accounts) {
            if (account.isPossible()) {
                postgres.open(account).connect().close();
                assertThat(postgres.stop()).isTrue();
            }
        }
    }

    private Process startController() throws Exception {
        Process starter = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ServerStarter.class.getName(),
                        scratch.toString(),
                        folders.home().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(starter.inputReader().readLine()).isEqualTo("started");
        return starter;
    }

    private long postmaster() {
        return PostmasterFile.read(folders.postmasterFile()).orElseThrow().pid();
    }

    private static void kill(long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-9", Long.toString(pid)).start().waitFor())
                .isZero();
    }

    private static String setting(Connection connection, String name) throws Exception {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SHOW " + name)) {
            result.next();
            return result.getString(1);
        }
    }

    private static String setting(Connection connection, String label, String column) throws Exception {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(
                        "SELECT " + column + " AS " + label + " FROM pg_database WHERE datname = current_database()")) {
            result.next();
            return result.getString(1);
        }
    }
}
