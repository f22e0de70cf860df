package dev.mugv.steps.audit;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Who does something and from where, as this process knows it.
 *
 * @param user of the operating system; of root also who became it by sudo
 * @param host name of the machine
 * @param process its number there
 */
public record Actor(String user, String host, long process) {
    public static Actor ofThisProcess() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "unknown";
        }
        String user = System.getProperty("user.name", "unknown");
        String before = System.getenv().getOrDefault("SUDO_USER", "");
        return new Actor(
                before.isEmpty() ? user : user + " (sudo by " + before + ")",
                host,
                ProcessHandle.current().pid());
    }

    /** For example {@code ann@login1}. */
    public String text() {
        return user + "@" + host;
    }
}
