package dev.mugv.steps.database;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An embedded PostgreSQL server: zonky's programs, launched by us.
 *
 * <p>The server belongs to its data folder and not to the process that happened to start it: it is adopted by whoever
 * comes next, survives every command (so that {@code mugv status} finds it up, and {@code kill -9} of a controller
 * changes nothing), and ends by {@link #stop()} or with the machine. Starters are serialised by a file lock. Everything
 * here may be interrupted at any instant and called again.
 */
public final class ZonkyPostgres {
    private static final Duration LOCK_LIMIT = Duration.ofMinutes(3);
    private static final Duration READY_LIMIT = Duration.ofMinutes(2);
    private static final Duration EXIT_LIMIT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final int PORT_TRIES = 5;
    private static final int PASSWORD_BYTES = 24;
    private static final int NAME_DIGITS = 16;
    private static final String APPLICATION = "mugv_app";

    private final EmbeddedServerFolders folders;
    private final MountTable mounts;
    private final HostClaim host;
    private final ServerProcesses processes;

    public ZonkyPostgres(EmbeddedServerFolders folders) {
        this(folders, MountTable.ofThisHost(), HostClaim.ofThisHost());
    }

    ZonkyPostgres(EmbeddedServerFolders folders, MountTable mounts, HostClaim host) {
        this.folders = folders;
        this.mounts = mounts;
        this.host = host;
        byte[] place = folders.home().toString().getBytes(StandardCharsets.UTF_8);
        this.processes = new ServerProcesses("mugv-" + Sha256.of(place).substring(0, NAME_DIGITS));
    }

    /** The server's address if it runs and takes connections; starts nothing, waits for nothing. */
    public Optional<DatabaseAddress> running() {
        return PostmasterFile.read(folders.postmasterFile())
                .filter(file -> file.isReady() && processes.isLive(file.pid()))
                .map(file -> address(file.port()));
    }

    /** The running server's address for the application; empty also where its role is still to be made. */
    public Optional<DatabaseAddress> runningForWork() {
        return running()
                .filter(owner -> Files.exists(folders.applicationPasswordFile()))
                .map(this::applicationAddress);
    }

    /** Role that owns everything in an embedded database. */
    public String ownerRole() {
        return ServerCommands.USER;
    }

    /**
     * Adopts the running server or starts it, making or recovering its data first where needed.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} for a network file system, another host's data or
     *     another PostgreSQL version's; of kind {@link FailureKind#TRANSIENT} when the server does not come up
     */
    public DatabaseAddress open() {
        return open(ServerAccount::ofThisProcess);
    }

    /**
     * The two roles of this server. The application's is made the first time, in a workspace of an older build too.
     *
     * @throws WorkFailure as {@link #open()}
     */
    public DatabaseRoles openRoles() {
        DatabaseAddress owner = open();
        if (!Files.exists(folders.applicationPasswordFile())) {
            try (FolderLock lock = FolderLock.acquire(folders.lockFile(), LOCK_LIMIT)) {
                if (!Files.exists(folders.applicationPasswordFile())) {
                    createApplicationRole(owner);
                }
            }
        }
        return new DatabaseRoles(applicationAddress(owner), Optional.of(owner));
    }

    /** The role first: a password on disk means that it is in force. */
    private void createApplicationRole(DatabaseAddress owner) {
        String password = randomPassword();
        try (Connection connection = owner.connect()) {
            ApplicationRole.create(connection, APPLICATION, password);
        } catch (SQLException e) {
            throw new WorkFailure(
                    FailureKind.TRANSIENT,
                    "Cannot make role '%s' in the embedded database of '%s': %s. Try again."
                            .formatted(APPLICATION, folders.home(), e.getMessage()),
                    e);
        }
        PrivateFile.write(folders.applicationPasswordFile(), password);
    }

    private DatabaseAddress applicationAddress(DatabaseAddress owner) {
        return new DatabaseAddress(owner.url(), APPLICATION, PrivateFile.read(folders.applicationPasswordFile()));
    }

    /** The same under a given account. */
    DatabaseAddress open(ServerAccount account) {
        return open(() -> account);
    }

    /** The account is only asked for when a server has to be started: finding out costs a process. */
    private DatabaseAddress open(Supplier<ServerAccount> account) {
        requireOwnLocalFolder();
        Optional<DatabaseAddress> adopted = running().filter(ZonkyPostgres::answers);
        if (adopted.isPresent()) {
            return adopted.get();
        }
        try (FolderLock lock = FolderLock.acquire(folders.lockFile(), LOCK_LIMIT)) {
            adopted = adoptStarting();
            return adopted.isPresent() ? adopted.get() : startUnderLock(account.get());
        }
    }

    /** Stops the server for everybody; whether it ran. */
    public boolean stop() {
        if (!Files.isDirectory(folders.home())) {
            return false;
        }
        try (FolderLock lock = FolderLock.acquire(folders.lockFile(), LOCK_LIMIT)) {
            Optional<PostmasterFile> file = PostmasterFile.read(folders.postmasterFile());
            boolean ran = file.isPresent() && processes.isLive(file.get().pid());
            if (ran) {
                ServerCommands.stop(file.get().pid());
            }
            awaitExit("stop");
            return ran;
        }
    }

    /**
     * Ties a workspace to this host and to this database, where its truth lies: on shared storage another host would start
     * a database of its own, and so would this one under another home, and know nothing of what the first one did.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} when another host, or another database that still
     *     exists, was first
     */
    public void claim(Path workspace) {
        host.require(workspace.resolve("controller-host"));
        Path record = workspace.resolve("controller-database");
        if (Files.exists(record)) {
            Path owner = Path.of(PrivateFile.read(record));
            if (!owner.equals(folders.home()) && Files.isDirectory(owner.resolve("data"))) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        ("Cannot use workspace '%s' with the database in '%s': expected its own in '%s'. Set"
                                        + " MUGV_DATA_HOME or database.folder as before, or use another workspace.")
                                .formatted(workspace, folders.home(), owner));
            }
        }
        PrivateFile.write(record, folders.home().toString());
    }

    /** Folder with the server's data, password and log. */
    public Path home() {
        return folders.home();
    }

    private void requireOwnLocalFolder() {
        String fileSystem = mounts.fileSystemOf(folders.home());
        if (MountTable.isNetwork(fileSystem)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    ("Cannot keep the embedded database in '%s': expected a local disk, found a network file system"
                                    + " (%s). Set database.folder or MUGV_DATA_HOME to a local folder, or database.url to a"
                                    + " PostgreSQL server.")
                            .formatted(folders.home(), fileSystem));
        }
        try {
            if (!Files.isDirectory(folders.home())) {
                Files.createDirectories(folders.home());
                // Others may pass through, for the account that runs root's server, but not look around.
                Files.setPosixFilePermissions(folders.home(), PosixFilePermissions.fromString("rwx--x--x"));
            }
        } catch (IOException e) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    ("Cannot keep the embedded database in '%s': expected a writable folder, found: %s. Set"
                                    + " database.folder or MUGV_DATA_HOME to one.")
                            .formatted(folders.home(), e),
                    e);
        }
        host.require(folders.hostFile());
    }

    /** A server that another command was starting when it was killed goes on coming up: wait for it. */
    private Optional<DatabaseAddress> adoptStarting() {
        Optional<PostmasterFile> file = PostmasterFile.read(folders.postmasterFile());
        if (file.isEmpty() || !processes.isLive(file.get().pid())) {
            return Optional.empty();
        }
        long pid = file.get().pid();
        new Patience(READY_LIMIT)
                .until(() -> running().filter(ZonkyPostgres::answers).isPresent() || !processes.isLive(pid), POLL);
        Optional<DatabaseAddress> adopted = running();
        if (adopted.isEmpty() && processes.isLive(pid)) {
            throw new WorkFailure(
                    FailureKind.TRANSIENT,
                    ("Cannot connect to the embedded database of '%s': expected it ready within %d s, found it still"
                                    + " starting (process %d). See '%s' and try again.")
                            .formatted(folders.home(), READY_LIMIT.toSeconds(), pid, folders.logFile()));
        }
        return adopted;
    }

    /** A server that is dying still has its file and its process for a moment. */
    private static boolean answers(DatabaseAddress address) {
        try (Connection connection = address.connect()) {
            return connection.isValid(0);
        } catch (WorkFailure | SQLException e) {
            return false;
        }
    }

    private DatabaseAddress startUnderLock(ServerAccount account) {
        awaitExit("start");
        ServerCommands commands = new ServerCommands(folders, processes.clusterName(), account);
        if (!Files.exists(folders.passwordFile())) {
            PrivateFile.write(folders.passwordFile(), randomPassword());
        }
        if (!Files.isDirectory(folders.data())) {
            commands.initialize(PrivateFile.read(folders.passwordFile()));
        }
        for (int attempt = 1; ; attempt++) {
            int port = freePort();
            PrivateFile.write(folders.portFile(), Integer.toString(port));
            try {
                commands.start(port);
                return address(port);
            } catch (WorkFailure e) {
                // Somebody else may have taken the port since it was looked at.
                boolean portTaken = attempt < PORT_TRIES && !isFree(port);
                if (!portTaken) {
                    throw e;
                }
            }
        }
    }

    /**
     * Waits until no process of a server that was killed or stopped is left. A stale {@code postmaster.pid} is removed only then:
     * PostgreSQL takes the number of a zombie, or of a stranger with the same number, for a running server.
     */
    private void awaitExit(String verb) {
        boolean gone = new Patience(EXIT_LIMIT).until(() -> processes.live().isEmpty(), POLL);
        if (!gone) {
            throw new WorkFailure(
                    FailureKind.TRANSIENT,
                    ("Cannot %s the embedded database of '%s': expected the processes of its server to end within"
                                    + " %d s, found %s alive. End them and try again.")
                            .formatted(verb, folders.home(), EXIT_LIMIT.toSeconds(), processes.live()));
        }
        try {
            Files.deleteIfExists(folders.postmasterFile());
        } catch (IOException e) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot remove '%s': %s. Give the folder back to the user who runs mugv."
                            .formatted(folders.postmasterFile(), e),
                    e);
        }
    }

    private DatabaseAddress address(int port) {
        return new DatabaseAddress(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres",
                ServerCommands.USER,
                PrivateFile.read(folders.passwordFile()));
    }

    /** The port of last time where it is free, so that an address that a user noted stays true. */
    private int freePort() {
        if (Files.exists(folders.portFile())) {
            int last = Integer.parseInt(PrivateFile.read(folders.portFile()));
            if (isFree(last)) {
                return last;
            }
        }
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new WorkFailure(
                    FailureKind.TRANSIENT,
                    "Cannot find a free port for the embedded database: %s. Try again.".formatted(e),
                    e);
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    private static String randomPassword() {
        byte[] bytes = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
