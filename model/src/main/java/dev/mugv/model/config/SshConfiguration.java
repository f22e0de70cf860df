package dev.mugv.model.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The way to a cluster's login node, for a controller on another machine. The workspace is under the same path here and there, unless
 * {@code storage} says otherwise.
 * Hosts must be in the known hosts; passwords are not offered.
 *
 * @param host name or address of the login node
 * @param port of its SSH server
 * @param user who logs in
 * @param key private key; the keys of the running agent without it
 * @param passphraseFile its first line unlocks the key
 * @param knownHosts {@code ~/.ssh/known_hosts} without it
 * @param jumps hosts that the way leads over, first to last, each {@code user@host} or {@code user@host:port}
 * @param connectTimeout for each host
 * @param keepAlive silence after which a sign of life is asked for
 * @param channels commands at a time, under the server's MaxSessions (10 by default)
 * @param storage where this machine and the cluster share none: files go over SFTP
 */
public record SshConfiguration(
        String host,
        @Default("22") int port,
        String user,
        @MustExist(MustExist.Kind.FILE) Optional<Path> key,
        @MustExist(MustExist.Kind.FILE) Optional<Path> passphraseFile,
        @MustExist(MustExist.Kind.FILE) Optional<Path> knownHosts,
        @Default("[]") List<String> jumps,
        @Default("30s") Duration connectTimeout,
        @Default("15s") Duration keepAlive,
        @Default("8") int channels,
        Optional<ClusterStorage> storage) {
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]*";
    private static final String USER = "[A-Za-z0-9._-]+";

    public SshConfiguration {
        jumps = List.copyOf(jumps);
        Faults faults = new Faults()
                .require(host.matches(NAME), "host", "expected a host's name or address, found '" + host + "'")
                .within(1, 65_535, port, "port")
                .require(user.matches(USER), "user", "expected a user's name, found '" + user + "'")
                .require(
                        !connectTimeout.isNegative() && !connectTimeout.isZero(),
                        "connectTimeout",
                        "expected more than 0, found " + connectTimeout.toMillis() + "ms")
                .require(
                        keepAlive.compareTo(Duration.ofSeconds(1)) >= 0,
                        "keepAlive",
                        "expected at least 1s, found " + keepAlive.toMillis() + "ms")
                .within(1, 100, channels, "channels");
        for (String jump : jumps) {
            faults.require(
                    jump.matches(USER + "@" + NAME + "(:[0-9]{1,5})?"),
                    "jumps",
                    "expected user@host or user@host:port, found '" + jump + "'");
        }
        faults.throwIfAny();
    }
}
