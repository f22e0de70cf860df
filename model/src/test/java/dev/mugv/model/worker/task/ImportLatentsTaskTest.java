package dev.mugv.model.worker.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.convert.DataImport;
import dev.mugv.model.format.ImportDataRequest;
import dev.mugv.model.format.ImportLatentsOrder;
import dev.mugv.model.format.LatentShard;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.Golden;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportLatentsTaskTest {
    private static final List<String> FILES =
            List.of(LatentShard.FILE_NAME, LatentShard.LATENTS_FILE_NAME, LatentShard.TEXT_FILE_NAME);

    @TempDir
    Path folder;

    private Path shard;

    @BeforeEach
    void importTheGoldenSamples() {
        ImportDataRequest request = new ImportDataRequest(
                Golden.path("pt"),
                folder.resolve("shards"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                24,
                3,
                ImportDataRequest.Normalisation.CHECKED_MARKS,
                ImportDataRequest.BadSamples.REFUSE);
        new DataImport(request, (doing, done, all) -> {}).run();
        shard = folder.resolve("shards/shard-00000");
    }

    @Test
    void aShardIsPublishedAsItIsAndAsACopy() throws IOException {
        RecordingTaskContext context = importing("given", order());
        new ImportLatentsTask().run(context);
        for (String name : FILES) {
            Path copy = context.pendingOutput().resolve(name);
            assertThat(Files.mismatch(copy, shard.resolve(name))).isEqualTo(-1);
            assertThat(Files.isSymbolicLink(copy)).isFalse();
        }
    }

    @Test
    void aLatentThatIsNotFiniteIsRefusedByName() throws IOException {
        Path latents = shard.resolve(LatentShard.LATENTS_FILE_NAME);
        try (RandomAccessFile file = new RandomAccessFile(latents.toFile(), "rw")) {
            file.seek(file.length() - Float.BYTES);
            // NaN, little-endian.
            file.write(new byte[] {0, 0, (byte) 0xc0, 0x7f});
        }
        assertThatThrownBy(() -> new ImportLatentsTask().run(importing("nan", order())))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("tensor 'latent.clip_00")
                .hasMessageContaining("NaN");
    }

    @Test
    void aTruncatedShardIsRefused() throws IOException {
        Path latents = shard.resolve(LatentShard.LATENTS_FILE_NAME);
        try (RandomAccessFile file = new RandomAccessFile(latents.toFile(), "rw")) {
            file.setLength(file.length() - 100);
        }
        assertThatThrownBy(() -> new ImportLatentsTask().run(importing("cut", order())))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining(LatentShard.LATENTS_FILE_NAME);
    }

    @Test
    void aShardThatChangedSincePlanningIsRefused() {
        ImportLatentsOrder planned = order();
        ImportLatentsOrder stale = new ImportLatentsOrder(
                planned.shard(),
                planned.description(),
                new ImportLatentsOrder.Content(planned.latents().file(), "0".repeat(64)),
                planned.texts());
        assertThatThrownBy(() -> new ImportLatentsTask().run(importing("stale", stale)))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("expected SHA-256 " + "0".repeat(64));
    }

    private ImportLatentsOrder order() {
        List<ImportLatentsOrder.Content> contents = FILES.stream()
                .map(shard::resolve)
                .map(file -> new ImportLatentsOrder.Content(file, Sha256.ofFile(file)))
                .toList();
        return new ImportLatentsOrder("shard-00000", contents.get(0), contents.get(1), contents.get(2));
    }

    private RecordingTaskContext importing(String name, ImportLatentsOrder order) throws IOException {
        Path place = Files.createDirectories(folder.resolve(name));
        return new RecordingTaskContext(place, TaskKind.IMPORT_LATENTS, order, List.of());
    }
}
