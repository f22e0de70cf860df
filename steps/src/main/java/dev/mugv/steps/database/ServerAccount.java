package dev.mugv.steps.database;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How PostgreSQL, which refuses to run as root, is started by the current user. */
enum ServerAccount {
    /** An ordinary user starts it as himself. */
    SELF(List.of()),
    /** Root in a user namespace of its own: the kernel still sees root as the files' owner, PostgreSQL sees nobody. */
    USER_NAMESPACE(List.of("unshare", "--user")),
    /** Root without user namespaces (most containers): an unprivileged account that owns the data. */
    NOBODY(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));

    private static final long PROBE_SECONDS = 10;

    private final List<String> prefix;

    ServerAccount(List<String> prefix) {
        this.prefix = prefix;
    }

    /** The first way that works on this host. */
    static ServerAccount ofThisProcess() {
        if (!isRoot()) {
            return SELF;
        }
        for (ServerAccount account : List.of(USER_NAMESPACE, NOBODY)) {
            if (account.isPossible()) {
                return account;
            }
        }
        throw new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot start the embedded database: PostgreSQL does not run as root, and neither 'unshare --user' nor"
                        + " 'setpriv' works here. Run the command as an ordinary user, or set database.url to a"
                        + " PostgreSQL server.");
    }

    static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The command as this account runs it. */
    List<String> command(List<String> command) {
        List<String> whole = new ArrayList<>(prefix);
        whole.addAll(command);
        return whole;
    }

    /** User that has to own the data folder, for chown(1); the numbers hold on every Linux. */
    String owner() {
        return this == NOBODY ? "65534:65534" : "0:0";
    }

    /** Whether this host lets the current user do so. */
    boolean isPossible() {
        try {
            Process process = new ProcessBuilder(command(List.of("true")))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
