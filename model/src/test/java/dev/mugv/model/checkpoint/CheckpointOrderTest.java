package dev.mugv.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.run.DataSize;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.TensorSlice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a checkpoint relies on must be on the disk before it is: metrics that were cut off could not be resumed from. */
class CheckpointOrderTest {
    private static final List<CheckpointPart> PARTS =
            List.of(CheckpointPart.of("model", TensorSlice.whole("w", new Shape(6)), FloatBuffer.allocate(6)));

    @TempDir
    Path folder;

    private CheckpointStore store;

    @BeforeEach
    void open() {
        RecordingTaskContext context = CheckpointStoreTest.contextIn(folder);
        store = new CheckpointStore(context, context.rank(), new Retention(2, 10), DataSize.mebibytes(8));
    }

    @Test
    void whatComesFirstIsDoneBeforeAnythingIsPublished() {
        List<List<Long>> publishedThen = new ArrayList<>();
        store.prepare(PARTS);
        store.save(CheckpointStoreTest.state(10), PARTS, () -> publishedThen.add(List.copyOf(store.updates())));
        store.settle();
        assertThat(publishedThen).containsExactly(List.of());
        assertThat(store.updates()).containsExactly(10L);
    }

    @Test
    void withoutWhatComesFirstThereIsNoCheckpoint() {
        store.save(CheckpointStoreTest.state(10), PARTS, () -> {
            throw new UncheckedIOException(new IOException("No space left on device"));
        });
        assertThatThrownBy(store::settle).isInstanceOfAny(WorkFailure.class, UncheckedIOException.class);
        assertThat(store.updates()).isEmpty();
        assertThat(store.newestVerified()).isEmpty();
    }
}
