package dev.mugv.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {
    private static final Retention TWO_OF_EVERY_TEN = new Retention(2, 10);

    @TempDir
    Path folder;

    private RecordingTaskContext context;
    private CheckpointStore store;

    @BeforeEach
    void open() {
        context = contextIn(folder);
        store = new CheckpointStore(context, TWO_OF_EVERY_TEN);
    }

    @Test
    void whatWasPublishedIsFoundAgain() throws IOException {
        assertThat(store.newestVerified()).isEmpty();
        store.publish(state(10), contents("ten"));
        Checkpoint found = store.newestVerified().orElseThrow();
        assertThat(found.state()).isEqualTo(state(10));
        assertThat(Files.readString(found.file("model"))).isEqualTo("model of ten");
    }

    @Test
    void aCrashAtAnyWriteLeavesTheOldOrTheNewCheckpoint() throws IOException {
        int crashes = 0;
        for (int n = 0; ; n++) {
            Path root = folder.resolve("crash-" + n);
            CheckpointStore healthy = new CheckpointStore(contextIn(root), TWO_OF_EVERY_TEN);
            healthy.publish(state(10), contents("10"));
            healthy.publish(state(20), contents("20"));
            CrashingFiles files = new CrashingFiles(n);
            boolean crashed = false;
            try {
                new CheckpointStore(contextIn(root), TWO_OF_EVERY_TEN, files).publish(state(30), contents("30"));
            } catch (UncheckedIOException e) {
                crashed = true;
                crashes++;
            }
            Checkpoint found = new CheckpointStore(contextIn(root), TWO_OF_EVERY_TEN)
                    .newestVerified()
                    .orElseThrow();
            long update = found.state().update();
            assertThat(update).as("after a crash at change %d", n).isIn(20L, 30L);
            assertThat(Files.readString(found.file("model"))).isEqualTo("model of " + update);
            assertThat(Files.readString(found.file("optimizer"))).isEqualTo("optimizer of " + update);
            assertThat(names(found.folder().getParent())).noneMatch(name -> name.startsWith("."));
            if (!crashed) {
                assertThat(update).isEqualTo(30);
                break;
            }
        }
        // A folder, four files written and forced, two folders forced, publication, removal of the oldest: all were
        // hit.
        assertThat(crashes).isEqualTo(14);
    }

    @Test
    void stepsBackPastADamagedCheckpointAndSaysWhatIsWrong() throws IOException {
        store.publish(state(10), contents("10"));
        store.publish(state(20), contents("20"));
        Path damaged = store.verified(20).file("optimizer");
        Files.writeString(damaged, "optimizer of 2O");
        assertThat(store.newestVerified().orElseThrow().state().update()).isEqualTo(10);
        assertThat(context.lines)
                .singleElement()
                .asString()
                .contains(damaged.toString(), "expected 15 bytes with SHA-256", "found 15 bytes with SHA-256");
    }

    @Test
    void stepsBackPastEveryKindOfDamage() throws IOException {
        store.publish(state(10), contents("10"));
        for (String damage : List.of("truncated", "missing", "added", "no manifest", "torn manifest", "other state")) {
            store.publish(state(20), contents("20"));
            Path newest = store.verified(20).folder();
            switch (damage) {
                case "truncated" -> Files.writeString(newest.resolve("model"), "mod");
                case "missing" -> Files.delete(newest.resolve("model"));
                case "added" -> Files.writeString(newest.resolve("stray"), "");
                case "no manifest" -> Files.delete(newest.resolve("manifest.json"));
                case "torn manifest" -> Files.writeString(newest.resolve("manifest.json"), "{\"files\":");
                default -> Files.writeString(newest.resolve("state.json"), "{}");
            }
            assertThat(store.newestVerified().orElseThrow().state().update())
                    .as(damage)
                    .isEqualTo(10);
        }
        // A damaged one is replaced when training comes by again.
        store.publish(state(20), contents("20"));
        assertThat(store.newestVerified().orElseThrow().state().update()).isEqualTo(20);
    }

    @Test
    void keepsTheNewestOfTheCadenceAndTheNewestOfAll() {
        for (long update : List.of(10, 14, 20, 23, 30, 31)) {
            store.publish(state(update), contents("x"));
        }
        assertThat(store.updates()).containsExactly(20L, 30L, 31L);
        store.publish(state(40), contents("x"));
        assertThat(store.updates()).containsExactly(30L, 40L);
    }

    @Test
    void aSupersededRunPublishesNothing() {
        CheckpointStore late = new CheckpointStore(contextIn(folder).supersede(), TWO_OF_EVERY_TEN);
        assertThatThrownBy(() -> late.publish(state(10), contents("10")))
                .isInstanceOfSatisfying(
                        WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.OUTCOME_UNKNOWN));
        assertThat(store.newestVerified()).isEmpty();
    }

    /** Lets {@code n} changes pass and breaks the next, a write after half of its bytes. */
    private static final class CrashingFiles implements CheckpointFiles {
        private final CheckpointFiles disk = CheckpointFiles.onDisk();
        private int left;

        CrashingFiles(int changes) {
            left = changes;
        }

        @Override
        public void createFolder(Path path) throws IOException {
            countDown();
            disk.createFolder(path);
        }

        @Override
        public void write(Path file, CheckpointContent content) throws IOException {
            disk.write(file, content);
            if (left == 0) {
                byte[] whole = Files.readAllBytes(file);
                Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
            }
            countDown();
        }

        @Override
        public void force(Path path) throws IOException {
            countDown();
            disk.force(path);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            countDown();
            disk.rename(from, to);
        }

        @Override
        public void delete(Path path) throws IOException {
            if (left == 0) {
                try (var files = Files.list(path)) {
                    Files.delete(files.findFirst().orElseThrow());
                }
            }
            countDown();
            disk.delete(path);
        }

        private void countDown() throws IOException {
            if (left-- == 0) {
                throw new IOException("power failure");
            }
        }
    }

    private static RecordingTaskContext contextIn(Path root) {
        return new RecordingTaskContext(root, TaskKind.TRAIN_MODEL, Map.of(), List.of());
    }

    private static CheckpointState state(long update) {
        return new CheckpointState(
                CheckpointState.FORMAT_VERSION,
                update,
                4 * update,
                Map.of("training", 1L),
                "hash",
                "code",
                Map.of("threads", "1"));
    }

    private static SortedMap<String, CheckpointContent> contents(String text) {
        TreeMap<String, CheckpointContent> contents = new TreeMap<>();
        for (String name : List.of("model", "optimizer")) {
            contents.put(name, file -> Files.writeString(file, name + " of " + text));
        }
        return contents;
    }

    private static List<String> names(Path root) throws IOException {
        try (var entries = Files.list(root)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }
}
