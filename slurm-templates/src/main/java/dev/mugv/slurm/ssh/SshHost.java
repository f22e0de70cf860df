package dev.mugv.slurm.ssh;

import java.util.Optional;

/**
 * A host to log in to.
 *
 * @param name as it stands in the known hosts
 * @param port usually 22
 * @param user who logs in
 * @param jump host that the way leads over; empty for a direct one
 */
public record SshHost(String name, int port, String user, Optional<SshHost> jump) {
    public SshHost {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9.:_-]*")) {
            throw new IllegalArgumentException("expected a host's name or address, found '" + name + "'");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("expected a port from 1 to 65535, found " + port);
        }
        if (!user.matches("[A-Za-z0-9._@$\\\\-]+")) {
            throw new IllegalArgumentException("expected a user's name, found '" + user + "'");
        }
    }

    /** For messages. */
    public String label() {
        return user + "@" + name + ":" + port
                + jump.map(host -> " by " + host.label()).orElse("");
    }
}
