package dev.mugv.steps.database;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * A file that says which host an embedded database belongs to: two hosts that share a folder must not each run a server
 * on it, nor each keep a truth of its own for one workspace.
 *
 * @param machine what stays the same over restarts of the host
 * @param name what people call it
 */
record HostClaim(String machine, String name) {
    static HostClaim ofThisHost() {
        String name = hostName();
        Path machineId = Path.of("/etc/machine-id");
        try {
            String machine =
                    Files.isReadable(machineId) ? Files.readString(machineId).strip() : "";
            return new HostClaim(machine.isEmpty() ? name : machine, name);
        } catch (IOException e) {
            return new HostClaim(name, name);
        }
    }

    /**
     * Writes the claim into a fresh file, or compares it with the one there.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} when another host was first
     */
    void require(Path file) {
        Path pending = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID());
        try {
            if (!Files.exists(file)) {
                Files.writeString(pending, machine + "\n" + name + "\n");
                // A link appears with its content, and only if there is none: nobody ever reads half a claim.
                Files.createLink(file, pending);
            }
        } catch (FileAlreadyExistsException anotherWasFaster) {
            // compared below, like any other
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            pending.toFile().delete();
        }
        compare(file);
    }

    private void compare(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String owner = lines.isEmpty() ? "" : lines.get(0);
        if (!owner.equals(machine)) {
            String ownerName = lines.size() > 1 ? lines.get(1) : "unknown";
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    ("Cannot use the embedded database of '%s': it belongs to host '%s', this is host '%s'. Run the"
                                    + " command on '%s', or give all hosts one PostgreSQL server by database.url (if"
                                    + " this is the same machine under a new name, delete '%s').")
                            .formatted(file.getParent(), ownerName, name, ownerName, file));
        }
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return InetAddress.getLoopbackAddress().getHostName();
        }
    }
}
