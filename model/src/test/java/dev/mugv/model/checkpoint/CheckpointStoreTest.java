package dev.mugv.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.Layout;
import dev.mugv.model.format.TrainingEvent;
import dev.mugv.model.run.DataSize;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.TensorSlice;
import dev.mugv.model.tensor.TensorSource;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {
    private static final Retention TWO_OF_EVERY_TEN = new Retention(2, 10);
    private static final DataSize MEMORY = DataSize.mebibytes(8);

    @TempDir
    Path folder;

    private RecordingTaskContext context;
    private CheckpointStore store;

    @BeforeEach
    void open() {
        context = contextIn(folder);
        store = new CheckpointStore(context, context.rank(), TWO_OF_EVERY_TEN, MEMORY);
    }

    @Test
    void whatWasPublishedIsFoundAgain() {
        assertThat(store.newestVerified()).isEmpty();
        publish(store, 10);
        Checkpoint found = store.newestVerified().orElseThrow();
        assertThat(found.state()).isEqualTo(state(10));
        assertThat(values(found, "model", "w")).containsOnly(10);
        assertThat(values(found, "optimizer", "m")).containsOnly(-10);
    }

    @Test
    void aCrashAtAnyChangeLeavesTheOldOrTheNewCheckpoint() throws IOException {
        int crashes = 0;
        for (int n = 0; ; n++) {
            Path root = folder.resolve("crash-" + n);
            CheckpointStore healthy = store(contextIn(root), CheckpointFiles.onDisk());
            publish(healthy, 10);
            publish(healthy, 20);
            CrashingFiles files = new CrashingFiles(n);
            boolean crashed = false;
            try (CheckpointStore dying = store(contextIn(root), files)) {
                publish(dying, 30);
            } catch (WorkFailure e) {
                assertThat(e.kind()).isEqualTo(FailureKind.TRANSIENT);
                crashed = true;
                crashes++;
            }
            Checkpoint found = store(contextIn(root), CheckpointFiles.onDisk())
                    .newestVerified()
                    .orElseThrow();
            long update = found.state().update();
            assertThat(update).as("after a crash at change %d", n).isIn(20L, 30L);
            assertThat(values(found, "model", "w")).containsOnly(update);
            assertThat(values(found, "optimizer", "m")).containsOnly(-update);
            assertThat(names(found.folder().getParent())).noneMatch(name -> name.startsWith("."));
            if (!crashed) {
                assertThat(update).isEqualTo(30);
                break;
            }
        }
        // A folder, four files written and forced, the folder forced before and after the manifest, publication and its
        // force, removal of the oldest: all were hit.
        assertThat(crashes).isEqualTo(15);
    }

    @Test
    void trainingGoesOnWhileACheckpointIsWritten() throws InterruptedException {
        CountDownLatch disk = new CountDownLatch(1);
        CheckpointFiles slow = new ChangedFiles() {
            @Override
            public void write(Path file, FileWriter content) throws IOException {
                try {
                    disk.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                super.write(file, content);
            }
        };
        FloatBuffer weights = filled(10, 6);
        try (CheckpointStore busy = new CheckpointStore(context, context.rank(), TWO_OF_EVERY_TEN, MEMORY, slow)) {
            busy.save(state(10), List.of(CheckpointPart.of("model", TensorSlice.whole("w", new Shape(6)), weights)));
            assertThat(busy.isSettled()).isFalse();
            assertThat(busy.updates()).isEmpty();
            for (int i = 0; i < weights.limit(); i++) {
                weights.put(i, 99);
            }
            disk.countDown();
            busy.settle();
            assertThat(values(busy.verified(10), "model", "w")).containsOnly(10);
        }
    }

    @Test
    void whatDoesNotFitIntoTheMemoryIsWaitedFor() {
        int count = 5 << 18;
        DataSize bound = DataSize.mebibytes(2);
        try (CheckpointStore small = new CheckpointStore(context, context.rank(), TWO_OF_EVERY_TEN, bound)) {
            for (int update : new int[] {10, 20}) {
                TensorSlice slice = TensorSlice.whole("w", new Shape(count));
                small.save(state(update), List.of(CheckpointPart.of("model", slice, filled(update, count))));
                small.settle();
                assertThat(values(small.verified(update), "model", "w"))
                        .hasSize(count)
                        .containsOnly(update);
            }
            assertThat(small.staging()).isEqualTo(bound);
        }
    }

    @Test
    void aFullDiskEndsWithItsOwnKindAndLeavesTheCheckpointsBefore() throws IOException {
        publish(store, 10);
        boolean[] full = {true};
        CheckpointFiles files = new ChangedFiles() {
            @Override
            public void write(Path file, FileWriter content) throws IOException {
                super.write(file, content);
                if (full[0] && file.toString().contains("optimizer")) {
                    throw new IOException("No space left on device");
                }
            }
        };
        try (CheckpointStore unlucky = new CheckpointStore(context, context.rank(), TWO_OF_EVERY_TEN, MEMORY, files)) {
            assertThatThrownBy(() -> publish(unlucky, 20))
                    .isInstanceOfSatisfying(
                            WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.DISK_FULL))
                    .hasMessageContaining("Cannot save the checkpoint of update 20")
                    .hasMessageContaining("Free disk space");
            assertThat(names(context.durableFolder())).containsExactly("update-00000010");
            full[0] = false;
            publish(unlucky, 20);
            assertThat(unlucky.newestVerified().orElseThrow().state().update()).isEqualTo(20);
        }
    }

    @Test
    void whatTheStorageChangedIsNotPublished() {
        CheckpointFiles lying = new ChangedFiles() {
            @Override
            public void force(Path path) throws IOException {
                super.force(path);
                if (path.toString().endsWith("model.safetensors")) {
                    byte[] bytes = Files.readAllBytes(path);
                    bytes[bytes.length - 1] ^= 1;
                    Files.write(path, bytes);
                }
            }
        };
        try (CheckpointStore unlucky = new CheckpointStore(context, context.rank(), TWO_OF_EVERY_TEN, MEMORY, lying)) {
            assertThatThrownBy(() -> publish(unlucky, 10))
                    .isInstanceOfSatisfying(
                            WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.TRANSIENT))
                    .hasMessageContaining("is read back with");
        }
        assertThat(store.newestVerified()).isEmpty();
    }

    @Test
    void stepsBackPastADamagedCheckpointAndRecordsWhatIsWrong() throws IOException {
        publish(store, 10);
        publish(store, 20);
        Path damaged = store.verified(20).folder().resolve("optimizer.safetensors");
        byte[] bytes = Files.readAllBytes(damaged);
        bytes[bytes.length - 2] ^= 4;
        Files.write(damaged, bytes);
        assertThat(store.newestVerified().orElseThrow().state().update()).isEqualTo(10);
        assertThat(TrainingEvent.readAll(context.durableFolder()))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.kind()).isEqualTo(TrainingEvent.Kind.STEPPED_BACK);
                    assertThat(event.update()).isEqualTo(20);
                    assertThat(event.message()).contains(damaged.toString(), "bytes with SHA-256");
                });
        assertThat(context.lines).hasSize(1);
    }

    @Test
    void stepsBackPastEveryKindOfDamage() throws IOException {
        publish(store, 10);
        for (String damage : List.of("truncated", "missing", "added", "no manifest", "torn manifest", "other state")) {
            publish(store, 20);
            Path newest = store.verified(20).folder();
            switch (damage) {
                case "truncated" -> Files.writeString(newest.resolve("model.safetensors"), "mod");
                case "missing" -> Files.delete(newest.resolve("model.safetensors"));
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
        publish(store, 20);
        assertThat(store.newestVerified().orElseThrow().state().update()).isEqualTo(20);
    }

    @Test
    void refusesTheFormatOfAnotherReleaseInsteadOfBeginningAnew() throws IOException {
        publish(store, 10);
        Path manifest = store.verified(10).folder().resolve("manifest.json");
        Files.writeString(
                manifest, Files.readString(manifest).replace("\"format-version\" : 2", "\"format-version\" : 1"));
        assertThatThrownBy(() -> store.newestVerified())
                .isInstanceOfSatisfying(
                        WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID_REQUEST))
                .hasMessageContaining("expected format version 2, found 1");
    }

    @Test
    void keepsTheNewestOfTheCadenceAndTheNewestOfAll() {
        for (long update : List.of(10, 14, 20, 23, 30, 31)) {
            publish(store, update);
        }
        assertThat(store.updates()).containsExactly(20L, 30L, 31L);
        publish(store, 40);
        assertThat(store.updates()).containsExactly(30L, 40L);
    }

    @Test
    void keepsTheBestAndEveryAncestorOfWhatIsKept() {
        Retention retention = TWO_OF_EVERY_TEN;
        List<CheckpointState> published = List.of(
                state(4, List.of(), Optional.empty()),
                state(10, List.of(4L), Optional.of(0.5)),
                state(20, List.of(4L), Optional.of(Double.NaN)),
                state(30, List.of(4L, 20L), Optional.of(0.7)),
                state(40, List.of(4L, 20L), Optional.of(0.6)),
                state(50, List.of(4L, 20L), Optional.empty()));
        assertThat(retention.kept(published)).containsExactlyInAnyOrder(4L, 10L, 20L, 40L, 50L);
    }

    @Test
    void aSupersededRunPublishesNothing() {
        CheckpointStore late = store(contextIn(folder).supersede(), CheckpointFiles.onDisk());
        assertThatThrownBy(() -> publish(late, 10))
                .isInstanceOfSatisfying(
                        WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.OUTCOME_UNKNOWN));
        assertThat(store.newestVerified()).isEmpty();
    }

    private static CheckpointStore store(RecordingTaskContext context, CheckpointFiles files) {
        return new CheckpointStore(context, context.rank(), TWO_OF_EVERY_TEN, MEMORY, files);
    }

    private static void publish(CheckpointStore store, long update) {
        store.save(
                state(update),
                List.of(
                        CheckpointPart.of("model", TensorSlice.whole("w", new Shape(2, 3)), filled(update, 6)),
                        CheckpointPart.of("optimizer", TensorSlice.whole("m", new Shape(2, 3)), filled(-update, 6))));
        store.settle();
    }

    private static FloatBuffer filled(float value, int count) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return FloatBuffer.wrap(values);
    }

    private static float[] values(Checkpoint checkpoint, String group, String name) {
        try (TensorSource tensors = checkpoint.tensors(group)) {
            return tensors.floats(name);
        }
    }

    static RecordingTaskContext contextIn(Path root) {
        return new RecordingTaskContext(root, TaskKind.TRAIN_MODEL, Map.of(), List.of());
    }

    static CheckpointState state(long update) {
        return state(update, List.of(), Optional.empty());
    }

    static CheckpointState state(long update, List<Long> ancestors, Optional<Double> validationLoss) {
        return new CheckpointState(
                CheckpointState.FORMAT_VERSION,
                update,
                update,
                4 * update,
                Map.of("training", 1L),
                "hash",
                "code",
                Map.of("threads", "1"),
                Layout.ALONE,
                ancestors,
                validationLoss,
                new TreeMap<>(Map.of("norm-mean", 0.1)));
    }

    private static List<String> names(Path root) throws IOException {
        try (var entries = Files.list(root)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }
}
