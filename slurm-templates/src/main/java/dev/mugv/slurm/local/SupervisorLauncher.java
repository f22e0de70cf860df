package dev.mugv.slurm.local;

import dev.mugv.slurm.executor.ArraySubmission;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Objects;

/** Starts an element's supervisor, detached: own session, no terminal, none of the controller's environment. */
final class SupervisorLauncher {
    /** Exit code of a supervisor that found every place taken, and has started nothing. */
    static final int NO_PLACE = 75;

    private static final String SOURCE = "/dev/mugv/slurm/templates/local-supervisor.sh";

    private final int places;

    /**
     * @param places how many elements may run at once on this machine, of all controllers of a workspace together
     */
    SupervisorLauncher(int places) {
        this.places = places;
    }

    Process launch(ArraySubmission submission, int index) throws IOException {
        ElementRecords records = new ElementRecords(submission);
        Path supervisor = supervisor(records.folder());
        ProcessBuilder builder = new ProcessBuilder(
                "setsid",
                "/bin/bash",
                supervisor.toString(),
                records.folder().toString(),
                Integer.toString(index),
                submission.script().toString(),
                ElementProcesses.marker(submission.element(index)),
                places(submission).toString(),
                Integer.toString(places));
        clean(builder.environment());
        builder.directory(new File("/"));
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(
                records.folder().resolve("supervisor.log").toFile()));
        return builder.start();
    }

    /** A folder of locks beside all submissions of the workspace; each machine has its own places. */
    private static Path places(ArraySubmission submission) {
        Path submissions = submission.folder().toAbsolutePath().getParent();
        return Objects.requireNonNull(submissions)
                .resolveSibling("local-places")
                .resolve(HostName.current());
    }

    /**
     * Secrets of the controller stay with it, and results do not depend on its variables. The locale is one that has
     * UTF-8, without which a JVM cannot open a file whose name has more than ASCII.
     */
    private static void clean(Map<String, String> environment) {
        environment.keySet().retainAll(java.util.Set.of("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ"));
        environment.put("LC_ALL", "C.UTF-8");
    }

    /** A copy beside the records: bash reads a script while it runs it, so it must not change under a running one. */
    private static Path supervisor(Path folder) throws IOException {
        Path script = folder.resolve("supervisor.sh");
        if (!Files.exists(script)) {
            Path pending = Files.createTempFile(folder, "pending-supervisor-", "");
            try (InputStream in = SupervisorLauncher.class.getResourceAsStream(SOURCE)) {
                if (in == null) {
                    throw new IllegalStateException(SOURCE + " is not on the class path");
                }
                Files.copy(in, pending, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.move(pending, script, StandardCopyOption.ATOMIC_MOVE);
        }
        return script;
    }
}
