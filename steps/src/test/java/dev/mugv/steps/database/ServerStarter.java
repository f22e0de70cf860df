package dev.mugv.steps.database;

import java.io.IOException;
import java.nio.file.Path;

/** A process of its own that starts a server, says so, and waits to be killed. */
final class ServerStarter {
    private ServerStarter() {}

    public static void main(String[] arguments) throws IOException {
        EmbeddedServerFolders folders =
                EmbeddedServerFolders.of(Path.of(arguments[0]), System.getenv()).withHome(Path.of(arguments[1]));
        new ZonkyPostgres(folders).open();
        System.out.println("started");
        System.in.read();
    }
}
