package dev.mugv.steps.database;

import dev.mugv.model.run.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where an embedded server keeps what, all of it on local disk.
 *
 * @param home data, password, port, log and lock of one server
 * @param cache unpacked programs, shared by all servers of this user
 */
public record EmbeddedServerFolders(Path home, Path cache) {
    private static final int KEY_DIGITS = 16;

    public EmbeddedServerFolders {
        home = home.toAbsolutePath().normalize();
        cache = cache.toAbsolutePath().normalize();
    }

    /**
     * One server for each workspace, outside of it: the workspace may be shared storage, where a database is not safe.
     * Root's folders are below {@code /var}, because the account that runs the server cannot enter root's home.
     *
     * @param workspace the workspace as an absolute path
     * @param environment {@code MUGV_DATA_HOME}, {@code MUGV_CACHE_HOME}, {@code XDG_DATA_HOME}, {@code XDG_CACHE_HOME},
     *     {@code HOME}
     */
    public static EmbeddedServerFolders of(Path workspace, Map<String, String> environment) {
        String key = Sha256.of(workspace.toAbsolutePath().normalize().toString().getBytes(StandardCharsets.UTF_8))
                .substring(0, KEY_DIGITS);
        Path data = userData(environment);
        Path cache = folder(environment, "MUGV_CACHE_HOME", "XDG_CACHE_HOME", ".cache", "/var/cache");
        return new EmbeddedServerFolders(data.resolve("postgres").resolve(key), cache.resolve("postgres"));
    }

    /** Folder of this user's data, outside of all workspaces. */
    public static Path userData(Map<String, String> environment) {
        return folder(environment, "MUGV_DATA_HOME", "XDG_DATA_HOME", ".local/share", "/var/lib");
    }

    /** The same with another home. */
    public EmbeddedServerFolders withHome(Path otherHome) {
        return new EmbeddedServerFolders(otherHome, cache);
    }

    Path data() {
        return home.resolve("data");
    }

    Path postmasterFile() {
        return data().resolve("postmaster.pid");
    }

    Path passwordFile() {
        return home.resolve("password");
    }

    /** The application's role's, whose absence says that the role has to be made. */
    Path applicationPasswordFile() {
        return home.resolve("application-password");
    }

    Path portFile() {
        return home.resolve("port");
    }

    Path hostFile() {
        return home.resolve("host");
    }

    Path lockFile() {
        return home.resolve("lock");
    }

    /** What the server says; named in messages. */
    Path logFile() {
        return home.resolve("server.log");
    }

    /** What the last start or stop command said. */
    Path commandLogFile() {
        return home.resolve("command.log");
    }

    private static Path folder(
            Map<String, String> environment, String own, String standard, String underHome, String ofRoot) {
        String override = environment.getOrDefault(own, "");
        if (!override.isEmpty()) {
            return Path.of(override);
        }
        if (ServerAccount.isRoot()) {
            return Path.of(ofRoot, "mugv");
        }
        String base = environment.getOrDefault(standard, "");
        String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
        return (base.isEmpty() ? Path.of(home).resolve(underHome) : Path.of(base)).resolve("mugv");
    }
}
