package dev.mugv.jobs.web;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Where a server listens.
 *
 * @param name as it was given
 * @param port 0 for any that is free
 */
public record Endpoint(String name, InetAddress address, int port) {
    private static final int LAST_PORT = 65_535;

    public Endpoint {
        if (port < 0 || port > LAST_PORT) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot serve at port %d: expected 1 to %d. Correct --port.".formatted(port, LAST_PORT));
        }
    }

    /**
     * The endpoint that a name and a port stand for.
     *
     * @throws WorkFailure of kind INVALID_REQUEST when the name has no address
     */
    public static Endpoint of(String name, int port) {
        try {
            return new Endpoint(name, InetAddress.getByName(name), port);
        } catch (UnknownHostException e) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot serve at '%s': expected an address of this machine, found none of this name. Correct --bind."
                            .formatted(name),
                    e);
        }
    }

    /** Whether only this machine can reach it. */
    public boolean isLoopback() {
        return address.isLoopbackAddress();
    }

    /** The same place with the port that it got. */
    Endpoint at(int boundPort) {
        return new Endpoint(name, address, boundPort);
    }

    /** What to type into a browser on this machine. */
    public String url() {
        String host = address.isAnyLocalAddress() ? "localhost" : name.contains(":") ? "[" + name + "]" : name;
        return "http://%s:%d/".formatted(host, port);
    }
}
