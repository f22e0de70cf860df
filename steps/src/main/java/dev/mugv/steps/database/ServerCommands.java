package dev.mugv.steps.database;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** PostgreSQL's own programs, applied to one server's folders: {@code initdb} and {@code pg_ctl}. */
final class ServerCommands {
    static final String USER = "mugv";

    private static final String PENDING = ".pending-";

    /**
     * A crash of the controller, of the server or of the machine must lose nothing that was committed; few connections
     * are ever open. Memory is taken as it is used: the indices of a lineage graph of millions of edges stay in it, and a
     * load does not write their pages again and again.
     */
    private static final List<String> SETTINGS = List.of(
            "fsync=on",
            "synchronous_commit=on",
            "full_page_writes=on",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=''",
            "max_connections=60",
            "shared_buffers=256MB",
            "max_wal_size=2GB",
            "timezone=UTC",
            "log_timezone=UTC");

    private final EmbeddedServerFolders folders;
    private final String clusterName;
    private final ServerAccount account;
    private final Path programs;

    ServerCommands(EmbeddedServerFolders folders, String clusterName, ServerAccount account) {
        this.folders = folders;
        this.clusterName = clusterName;
        this.account = account;
        this.programs = PostgresBinaries.unpackedIn(folders.cache()).resolve("bin");
    }

    /** Makes the data folder; it appears whole or not at all. */
    void initialize(String password) {
        deleteInterrupted();
        Path pending = folders.home().resolve("data" + PENDING + UUID.randomUUID());
        Path passwordFile = folders.home().resolve("password" + PENDING + UUID.randomUUID());
        try {
            PrivateFile.write(passwordFile, password);
            Files.createDirectory(pending);
            giveToAccount(passwordFile);
            giveToAccount(pending);
            List<String> command =
                    new ArrayList<>(List.of(programs.resolve("initdb").toString()));
            command.add("--pgdata=" + pending);
            command.addAll(List.of("--username=" + USER, "--encoding=UTF8", "--locale=C"));
            command.addAll(List.of("--auth=scram-sha-256", "--pwfile=" + passwordFile, "--no-instructions"));
            run(command, "create the embedded database in");
            Files.move(pending, folders.data(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failure("create the embedded database in", e.toString());
        } finally {
            passwordFile.toFile().delete();
        }
    }

    /** Starts the server and waits until it takes connections, crash recovery included. */
    void start(int port) {
        giveToAccount(folders.data());
        if (!Files.exists(folders.logFile())) {
            PrivateFile.write(folders.logFile(), "");
        }
        giveToAccount(folders.logFile());
        StringBuilder options = new StringBuilder("-c port=" + port + " -c cluster_name=" + clusterName);
        SETTINGS.forEach(setting -> options.append(" -c ").append(setting));
        // pg_ctl makes the server a session of its own: Ctrl-C in this terminal does not reach it.
        pgCtl("start the embedded database in", "start", "-l", folders.logFile().toString(), "-o", options.toString());
    }

    /**
     * Asks the server to end all sessions and stop. By signal and not by {@code pg_ctl}, which could not read the data of
     * a server that was started under another account.
     */
    static void stop(long pid) {
        try {
            new ProcessBuilder("sh", "-c", "kill -INT \"$1\"", "sh", Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a killed initialisation left behind. */
    private void deleteInterrupted() {
        try (Stream<Path> entries = Files.list(folders.home())) {
            for (Path entry : entries.toList()) {
                if (entry.getFileName().toString().contains(PENDING)) {
                    execute(List.of("rm", "-rf", "--", entry.toString()), "prepare the embedded database in");
                }
            }
        } catch (IOException e) {
            throw failure("prepare the embedded database in", e.toString());
        }
    }

    private void pgCtl(String what, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(programs.resolve("pg_ctl").toString()));
        command.addAll(List.of("-D", folders.data().toString(), "-w", "-t", "60"));
        command.addAll(List.of(arguments));
        run(command, what);
    }

    /** Files of root are given to the account that the server will run under; it may have been another one before. */
    private void giveToAccount(Path path) {
        if (account != ServerAccount.SELF) {
            run(account.owner(), path);
        }
    }

    private void run(String owner, Path path) {
        execute(List.of("chown", "-R", owner, path.toString()), "prepare the embedded database in");
    }

    private void run(List<String> command, String what) {
        execute(account.command(command), what);
    }

    private void execute(List<String> command, String what) {
        Path log = folders.commandLogFile();
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folders.home().toFile())
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(log.toFile())
                    .start();
            int status = process.waitFor();
            if (status != 0) {
                throw failure(what, "exit code %d, %s".formatted(status, lastLines(log)));
            }
        } catch (IOException e) {
            throw failure(what, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(what, "interrupted");
        }
    }

    private String lastLines(Path log) {
        try {
            String said = String.join(" ", tail(log, 2));
            return Files.exists(folders.logFile()) ? said + " | " + String.join(" ", tail(folders.logFile(), 3)) : said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> tail(Path file, int count) throws IOException {
        List<String> lines = Files.readAllLines(file);
        return lines.subList(Math.max(0, lines.size() - count), lines.size());
    }

    private WorkFailure failure(String what, String fact) {
        return new WorkFailure(
                FailureKind.TRANSIENT,
                "Cannot %s '%s': %s. See '%s', mend the cause and give the command again."
                        .formatted(what, folders.home(), fact, folders.logFile()));
    }
}
