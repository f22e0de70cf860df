package dev.mugv.slurm.local;

import dev.mugv.slurm.executor.ElementId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The processes of an element, found by a variable in their environment: it is inherited by every descendant, whatever
 * group or session that joins, and survives the death of its parents.
 */
final class ElementProcesses {
    private static final String VARIABLE = "MUGV_ELEMENT=";

    private ElementProcesses() {}

    /** The variable's value, which the supervisor sets. */
    static String marker(ElementId element) {
        return element.token() + "-" + element.index();
    }

    /** Every live process of the element; the supervisor is none of them. */
    static List<ProcessIdentity> of(ElementId element) {
        byte[] wanted = (VARIABLE + marker(element)).getBytes(StandardCharsets.US_ASCII);
        List<ProcessIdentity> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process.resolve("environ"), wanted)) {
                    Optional<ProcessIdentity> identity = ProcessIdentity.find(
                            Long.parseLong(process.getFileName().toString()));
                    identity.ifPresent(found::add);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /** Asks processes to end. */
    static void terminate(List<ProcessIdentity> processes) {
        signal(processes, ProcessHandle::destroy);
    }

    /** Ends processes. */
    static void kill(List<ProcessIdentity> processes) {
        signal(processes, ProcessHandle::destroyForcibly);
    }

    private static void signal(List<ProcessIdentity> processes, java.util.function.Consumer<ProcessHandle> signal) {
        for (ProcessIdentity process : processes) {
            ProcessHandle.of(process.pid()).filter(handle -> process.isAlive()).ifPresent(signal);
        }
    }

    private static boolean holds(Path environment, byte[] wanted) {
        byte[] content;
        try {
            content = Files.readAllBytes(environment);
        } catch (IOException e) {
            return false; // another user's, or gone
        }
        int start = 0;
        for (int i = 0; i <= content.length; i++) {
            if (i == content.length || content[i] == 0) {
                if (java.util.Arrays.equals(content, start, i, wanted, 0, wanted.length)) {
                    return true;
                }
                start = i + 1;
            }
        }
        return false;
    }
}
