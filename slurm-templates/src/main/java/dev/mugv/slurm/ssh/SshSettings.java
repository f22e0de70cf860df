package dev.mugv.slurm.ssh;

import java.nio.file.Path;
import java.time.Duration;

/**
 * A link to a cluster's login node.
 *
 * @param host where the commands run
 * @param authentication for it and for the hosts on the way
 * @param knownHosts keys of the hosts, in OpenSSH's format; a host that is not in it is refused
 * @param connectLimit for each host on the way
 * @param keepAlive after so much silence a sign of life is asked for; the link counts as dead after three without answer
 * @param channels commands at a time; OpenSSH allows 10 a session by default (sshd_config, MaxSessions)
 */
public record SshSettings(
        SshHost host,
        SshAuthentication authentication,
        Path knownHosts,
        Duration connectLimit,
        Duration keepAlive,
        int channels) {
    /** Of OpenSSH's ten sessions, two are left to others. */
    public static final int DEFAULT_CHANNELS = 8;

    public SshSettings {
        if (connectLimit.toMillis() < 1 || keepAlive.toMillis() < 1) {
            throw new IllegalArgumentException("expected times over 0, found " + connectLimit + " and " + keepAlive);
        }
        if (channels < 1) {
            throw new IllegalArgumentException("expected at least 1 channel, found " + channels);
        }
    }
}
