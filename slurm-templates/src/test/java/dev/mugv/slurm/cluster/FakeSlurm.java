package dev.mugv.slurm.cluster;

import dev.mugv.slurm.command.CommandResult;
import dev.mugv.slurm.command.CommandRunner;
import dev.mugv.slurm.command.LocalCommandRunner;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The programs of {@code fake-slurm.sh} on a path of their own, with faults to be scripted. */
final class FakeSlurm implements CommandRunner {
    private static final List<String> PROGRAMS =
            List.of("sbatch", "squeue", "sacct", "scancel", "scontrol", "sinfo", "srun", "sacctmgr", "control");
    private final LocalCommandRunner runner = new LocalCommandRunner();
    private final Path programs;
    private final Path state;
    private final List<String> calls = new ArrayList<>();

    FakeSlurm(Path folder) throws IOException {
        programs = Files.createDirectories(folder.resolve("bin"));
        state = Files.createDirectories(folder.resolve("state"));
        Files.createDirectories(state.resolve("faults"));
        Path script = programs.resolve("fake-slurm.sh");
        try (InputStream in = FakeSlurm.class.getResourceAsStream("/fake-slurm/fake-slurm.sh")) {
            Files.copy(java.util.Objects.requireNonNull(in), script);
        }
        for (String program : PROGRAMS) {
            Path file = Files.writeString(
                    programs.resolve(program),
                    "#!/bin/bash\nexec /bin/bash '%s' %s \"$@\"\n".formatted(script, program));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Override
    public CommandResult run(List<String> command, Duration limit) {
        List<String> words =
                new ArrayList<>(List.of("env", "PATH=" + programs + ":/usr/bin:/bin", "FAKE_SLURM=" + state));
        words.addAll(command);
        command.stream().filter(PROGRAMS::contains).findFirst().ifPresent(calls::add);
        return runner.run(words, limit);
    }

    /** What the next calls of a program do, one each. */
    void fault(String program, String... lines) throws IOException {
        Files.writeString(state.resolve("faults").resolve(program), String.join("\n", lines) + "\n");
    }

    /** From now on the program does what it should. */
    void mend(String program) throws IOException {
        Files.deleteIfExists(state.resolve("faults").resolve(program));
    }

    /** Does something to Slurm's job behind the executor's back. */
    void control(String... words) {
        List<String> command = new ArrayList<>(List.of("control"));
        command.addAll(List.of(words));
        run(command, Duration.ofSeconds(10));
        calls.remove(calls.size() - 1);
    }

    /** From now on nothing starts. */
    void hold() {
        try {
            Files.createFile(state.resolve("hold"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next launch fails, and Slurm holds that element. */
    void failNextLaunch() throws IOException {
        Files.createFile(state.resolve("launch-fails"));
    }

    void release() {
        try {
            Files.delete(state.resolve("hold"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long calls(String program) {
        return calls.stream().filter(program::equals).count();
    }
}
