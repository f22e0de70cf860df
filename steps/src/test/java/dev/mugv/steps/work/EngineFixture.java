package dev.mugv.steps.work;

import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkOrder;
import dev.mugv.slurm.executor.Observation.EndState;
import dev.mugv.steps.database.PostgresFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An engine over a real ledger, whose pieces are done in this process and misbehave as a test wants; time is the test's. */
@Timeout(120)
abstract class EngineFixture {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @TempDir
    Path workspace;

    final ManualClock clock = new ManualClock();
    final Set<String> badOnes = new HashSet<>();
    FailureKind kindOfBad = FailureKind.INVALID_REQUEST;
    final Set<String> timeless = new HashSet<>();
    InProcessExecutor executor;
    Bench bench;

    @BeforeEach
    void makesExecutor() {
        executor = new InProcessExecutor(this::work, clock);
        bench = bench(WorkListener.silent());
    }

    Bench bench(WorkListener listener) {
        return new Bench(
                postgres.dataSource(), workspace, executor, Bench.inProcess(), Bench.surroundings(clock, listener));
    }

    void work(String name, TaskContext context) throws IOException {
        if (badOnes.contains(name)) {
            throw new WorkFailure(kindOfBad, "Cannot decode '%s': no video stream. Remove it.".formatted(name));
        }
        if (timeless.contains(name)) {
            WorkOrder order = context.order();
            Files.writeString(
                    AttemptFolder.of(workspace, order.token(), order.index()).stopFile(), "time-limit run 0\n");
            throw new StopRequestedException("stopped before anything was saved");
        }
        Files.writeString(context.pendingOutput().resolve("result.txt"), name);
    }

    dev.mugv.slurm.executor.Observation.Ended killedBeforeItsRecord(dev.mugv.slurm.executor.Observation.Ended end) {
        publishedFolders().forEach(EngineFixture::deleteTree);
        return withoutRecord(InProcessExecutor.endsAs(EndState.FAILED, 137).apply(end));
    }

    dev.mugv.slurm.executor.Observation.Ended withoutRecord(dev.mugv.slurm.executor.Observation.Ended end) {
        try (Stream<Path> files = Files.walk(workspace.resolve("submissions"))) {
            for (Path file : files.filter(path -> path.endsWith("exit-0.json")).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return end;
    }

    List<Path> publishedFolders() {
        try (Stream<Path> folders = Files.list(workspace.resolve("artifacts/curate-video"))) {
            return folders.toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static void deleteTree(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static void write(Path file, String content) {
        try {
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    Path create(String name) {
        try {
            return Files.createDirectories(workspace.resolve(workspace.getFileName() + name));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static final class ControllerDeath extends Error {
        private static final long serialVersionUID = 1L;
    }

    record DyingListener(List<String> changes, int last) implements WorkListener {
        @Override
        public void progressed(WorkProgress progress) {}

        @Override
        public void changed(StepScope scope, String line) {
            changes.add(line);
            if (changes.size() == last) {
                throw new ControllerDeath();
            }
        }
    }
}
