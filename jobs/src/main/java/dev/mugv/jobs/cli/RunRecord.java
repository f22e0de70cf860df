package dev.mugv.jobs.cli;

import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.database.EmbeddedServerFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Where a run came from, so that later commands need not be told: {@code run.json} in its workspace, and
 * {@code last-run.json} among the user's data. Only a convenience: nothing depends on it but the choice of a run.
 *
 * @param name name of the run
 * @param configuration absolute path of its file
 * @param workspace absolute
 * @param job what was asked for, and is gone on with
 */
record RunRecord(String name, String configuration, String workspace, String job) {
    static final String FILE_NAME = "run.json";

    static RunRecord of(SelectedRun run, String job) {
        return new RunRecord(
                run.identity().name(),
                run.file().toString(),
                run.identity().workspace().toString(),
                job);
    }

    static Optional<RunRecord> find(Path workspace) {
        return read(workspace.resolve(FILE_NAME));
    }

    static Optional<RunRecord> lastStarted(Map<String, String> environment) {
        return read(EmbeddedServerFolders.userData(environment).resolve("last-run.json"));
    }

    void write(Map<String, String> environment) {
        write(Path.of(workspace).resolve(FILE_NAME));
        write(EmbeddedServerFolders.userData(environment).resolve("last-run.json"));
    }

    private static Optional<RunRecord> read(Path file) {
        try {
            return Files.exists(file) ? Optional.of(Json.read(file, RunRecord.class)) : Optional.empty();
        } catch (WorkFailure damaged) {
            return Optional.empty();
        }
    }

    private void write(Path file) {
        Path pending = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID());
        try {
            Files.createDirectories(file.resolveSibling("."));
            Files.writeString(pending, Json.pretty(this));
            Files.move(pending, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
