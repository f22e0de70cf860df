package dev.mugv.steps.poll;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** How a controller is called in the ledgers: host and process. */
public record ControllerName(String text) {
    public static ControllerName ofThisProcess() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "unknown";
        }
        return new ControllerName(host + ":" + ProcessHandle.current().pid());
    }
}
