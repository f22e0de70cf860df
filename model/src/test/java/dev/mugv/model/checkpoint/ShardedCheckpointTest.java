package dev.mugv.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.Layout;
import dev.mugv.model.run.DataSize;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Rank;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.TensorSlice;
import dev.mugv.model.tensor.TensorSource;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints that several ranks, threads here, save together. */
class ShardedCheckpointTest {
    private static final Shape MATRIX = new Shape(300, 1100);
    private static final Shape CUBE = new Shape(3, 5, 7);
    private static final Shape VECTOR = new Shape(1000);
    private static final Map<String, Shape> MODEL = Map.of("matrix", MATRIX, "cube", CUBE, "vector", VECTOR);

    @TempDir
    Path folder;

    @Test
    void whatOneLayoutSavesEveryOtherLoadsWithTheSameHashes() throws Exception {
        Map<Layout, IntFunction<List<TensorSlice>>> layouts = new LinkedHashMap<>();
        layouts.put(Layout.ALONE, rank -> wholes());
        layouts.put(new Layout(2, 1, 1), rank -> cutByColumns(rank));
        layouts.put(new Layout(1, 2, 1), rank -> byTensor(rank));
        layouts.put(new Layout(1, 1, 3), rank -> flatThirds(rank));
        layouts.put(new Layout(2, 1, 2), rank -> halvesOfColumns(rank));
        Map<String, String> expected = null;
        Path place = folder;
        for (Map.Entry<Layout, IntFunction<List<TensorSlice>>> layout : layouts.entrySet()) {
            Path next = folder.resolve(
                    "as-" + layout.getKey().ranks() + layout.getKey().tensor());
            Path before = place;
            boolean first = expected == null;
            ranks(layout.getKey().ranks(), next, context -> {
                List<CheckpointPart> parts = new ArrayList<>();
                for (TensorSlice slice : layout.getValue().apply(context.rank().number())) {
                    FloatBuffer values = first ? noise(slice) : loaded(slice, before);
                    parts.add(CheckpointPart.of("model", slice, values));
                }
                try (CheckpointStore store = store(context)) {
                    store.save(state(layout.getKey()), parts);
                    store.settle();
                    Checkpoint found = store.newestVerified().orElseThrow();
                    assertThat(found.state().layout()).isEqualTo(layout.getKey());
                }
                return true;
            });
            Checkpoint checkpoint = alone(next).verified(7);
            expected = first ? checkpoint.tensorHashes() : expected;
            assertThat(checkpoint.tensorHashes()).as(layout.getKey().toString()).isEqualTo(expected);
            try (TensorSource tensors = checkpoint.tensors("model")) {
                for (String name : MODEL.keySet()) {
                    assertThat(tensors.floats(name))
                            .isEqualTo(noise(TensorSlice.whole(name, MODEL.get(name)))
                                    .array());
                }
            }
            place = next;
        }
    }

    @Test
    void aDamagedShardMakesAllRanksStepBackTogether() throws Exception {
        List<Long> resumed = ranks(2, folder, context -> {
            try (CheckpointStore store = store(context)) {
                for (long update : List.of(10, 20)) {
                    store.save(
                            state(new Layout(2, 1, 1), update),
                            parts(cutByColumns(context.rank().number())));
                    store.settle();
                }
                if (context.rank().leads()) {
                    Path shard = store.verified(20).folder().resolve("model-00002-of-00002.safetensors");
                    byte[] bytes = java.nio.file.Files.readAllBytes(shard);
                    bytes[bytes.length - 5] ^= 2;
                    java.nio.file.Files.write(shard, bytes);
                }
                return store.newestVerified().orElseThrow().state().update();
            }
        });
        assertThat(resumed).containsExactly(10L, 10L);
    }

    @Test
    void partsThatLeaveElementsOutOrHoldThemTwiceAreRefused() {
        for (long from : new long[] {549, 551}) {
            assertThatThrownBy(() -> ranks(2, folder.resolve("from-" + from), context -> {
                        TensorSlice slice = context.rank().leads()
                                ? TensorSlice.along("matrix", MATRIX, 1, 0, 550)
                                : TensorSlice.along("matrix", MATRIX, 1, from, 550 - Math.max(0, from - 550));
                        try (CheckpointStore store = store(context)) {
                            store.save(state(new Layout(2, 1, 1)), parts(List.of(slice)));
                            store.settle();
                        }
                        return true;
                    }))
                    .hasRootCauseInstanceOf(WorkFailure.class)
                    .hasMessageContaining("expected every element from one rank");
            assertThat(alone(folder.resolve("from-" + from)).updates()).isEmpty();
        }
    }

    @Test
    void aFullDiskOfOneRankIsTheFailureOfAll() throws Exception {
        List<FailureKind> kinds = ranks(3, folder, context -> {
            CheckpointFiles disk = context.rank().number() == 2 ? new FullDisk() : CheckpointFiles.onDisk();
            try (CheckpointStore store =
                    new CheckpointStore(context, context.rank(), new Retention(2, 10), DataSize.mebibytes(4), disk)) {
                store.save(
                        state(new Layout(1, 1, 3)),
                        parts(flatThirds(context.rank().number())));
                store.settle();
                return FailureKind.DEFECT;
            } catch (WorkFailure e) {
                return e.kind();
            }
        });
        assertThat(kinds).containsOnly(FailureKind.DISK_FULL);
        assertThat(alone(folder).updates()).isEmpty();
    }

    /** Has room for folders only. */
    private static final class FullDisk implements CheckpointFiles {
        private final CheckpointFiles disk = CheckpointFiles.onDisk();

        @Override
        public void createFolder(Path path) throws java.io.IOException {
            disk.createFolder(path);
        }

        @Override
        public void write(Path file, FileWriter content) throws java.io.IOException {
            throw new java.io.IOException("No space left on device");
        }

        @Override
        public void force(Path path) throws java.io.IOException {
            disk.force(path);
        }

        @Override
        public void rename(Path from, Path to) throws java.io.IOException {
            disk.rename(from, to);
        }

        @Override
        public void delete(Path path) throws java.io.IOException {
            disk.delete(path);
        }
    }

    private static List<TensorSlice> wholes() {
        return MODEL.entrySet().stream()
                .map(tensor -> TensorSlice.whole(tensor.getKey(), tensor.getValue()))
                .toList();
    }

    private static List<TensorSlice> cutByColumns(int rank) {
        List<TensorSlice> slices = new ArrayList<>();
        slices.add(TensorSlice.along("matrix", MATRIX, 1, rank * 550L, 550));
        slices.add(TensorSlice.along("cube", CUBE, 1, rank == 0 ? 0 : 2, rank == 0 ? 2 : 3));
        if (rank == 0) {
            slices.add(TensorSlice.whole("vector", VECTOR));
        }
        return slices;
    }

    private static List<TensorSlice> byTensor(int rank) {
        return rank == 0
                ? List.of(TensorSlice.whole("matrix", MATRIX))
                : List.of(TensorSlice.whole("cube", CUBE), TensorSlice.whole("vector", VECTOR));
    }

    private static List<TensorSlice> flatThirds(int rank) {
        return MODEL.entrySet().stream()
                .map(tensor -> {
                    long size = tensor.getValue().size();
                    long from = size * rank / 3;
                    return TensorSlice.range(tensor.getKey(), tensor.getValue(), from, size * (rank + 1) / 3 - from);
                })
                .toList();
    }

    /** Tensor parallel by two, and the optimizer's share of each half by two: runs within boxes. */
    private static List<TensorSlice> halvesOfColumns(int rank) {
        return cutByColumns(rank % 2).stream()
                .map(slice -> {
                    long from = slice.count() * (rank / 2) / 2;
                    return slice.part(from, slice.count() * (rank / 2 + 1) / 2 - from);
                })
                .toList();
    }

    private static List<CheckpointPart> parts(List<TensorSlice> slices) {
        return slices.stream()
                .map(slice -> CheckpointPart.of("model", slice, noise(slice)))
                .toList();
    }

    /** A value that depends on the element of the logical tensor alone. */
    private static FloatBuffer noise(TensorSlice slice) {
        float[] all = new float[Math.toIntExact(slice.elements())];
        CounterNoise.of(1, slice.name()).fillGaussian(all);
        FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(slice.count()));
        slice.forEachOverlap(0, all.length, (logical, held, length) -> {
            for (long i = 0; i < length; i++) {
                values.put((int) (held + i), all[(int) (logical + i)]);
            }
        });
        return values;
    }

    private static FloatBuffer loaded(TensorSlice slice, Path place) {
        FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(slice.count()));
        try (TensorSource tensors = alone(place).verified(7).tensors("model")) {
            slice.read(tensors, values);
        }
        return values.flip();
    }

    private static CheckpointState state(Layout layout) {
        return state(layout, 7);
    }

    private static CheckpointState state(Layout layout, long update) {
        return new CheckpointState(
                CheckpointState.FORMAT_VERSION,
                update,
                update,
                update,
                Map.of(),
                "hash",
                "code",
                Map.of(),
                layout,
                List.of(),
                Optional.empty(),
                new TreeMap<>());
    }

    private static CheckpointStore alone(Path place) {
        return store(new RecordingTaskContext(place, TaskKind.TRAIN_MODEL, Map.of(), List.of()));
    }

    private static CheckpointStore store(RecordingTaskContext context) {
        return new CheckpointStore(context, context.rank(), new Retention(2, 10), DataSize.mebibytes(4));
    }

    /** Runs the same on every rank, in a thread each, and returns what they returned. */
    private static <T> List<T> ranks(int size, Path place, RankWork<T> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(size);
        try {
            List<Future<T>> running = new ArrayList<>();
            for (int number = 0; number < size; number++) {
                Rank rank = new Rank(number, size, number, List.of("localhost"), place.resolve("rendezvous-0"));
                RecordingTaskContext context =
                        new RecordingTaskContext(place, TaskKind.TRAIN_MODEL, Map.of(), List.of()).withRank(rank);
                Callable<T> call = () -> work.on(context);
                running.add(threads.submit(call));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> each : running) {
                results.add(each.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            threads.shutdownNow();
        }
    }

    /** What one rank does. */
    @FunctionalInterface
    private interface RankWork<T> {
        T on(RecordingTaskContext context) throws Exception;
    }
}
