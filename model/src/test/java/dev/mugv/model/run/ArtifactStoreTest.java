package dev.mugv.model.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ArtifactStoreTest {
    private static final Runnable CLAIMED = () -> {};

    @TempDir
    Path workspace;

    @Test
    void publishesAWholeFolderThatCanBeFoundAndOpened() throws IOException {
        ArtifactStore store = new ArtifactStore(workspace);
        WorkOrder order = order("a".repeat(32));
        assertThat(store.find(order.task(), order.key())).isEmpty();

        ArtifactRef ref = store.publish(written(store, order, 0, "content"), order, "c1", CLAIMED);

        assertThat(store.find(order.task(), order.key())).contains(ref);
        assertThat(store.open(ref)).isEqualTo(store.folder(order.task(), order.key()));
        assertThat(store.manifest(ref).files())
                .containsOnlyKeys("inner/part.bin", "result.txt")
                .containsEntry("result.txt", new OutputManifest.FileEntry(7, Sha256.of("content".getBytes())));
        assertThat(names(order)).containsExactly(order.key().shortForm());
    }

    @Test
    void publishesNothingWithoutTheClaim() throws IOException {
        ArtifactStore store = new ArtifactStore(workspace);
        WorkOrder order = order("a".repeat(32));
        Path pending = written(store, order, 0, "content");
        assertThatThrownBy(() -> store.publish(pending, order, "c1", () -> {
                    throw new WorkFailure(FailureKind.OUTCOME_UNKNOWN, "superseded");
                }))
                .isInstanceOf(WorkFailure.class);
        assertThat(store.find(order.task(), order.key())).isEmpty();
    }

    @Test
    void keepsAnEqualArtifactThatIsAlreadyThere() throws IOException {
        ArtifactStore store = new ArtifactStore(workspace);
        WorkOrder first = order("a".repeat(32));
        WorkOrder second = order("b".repeat(32));
        ArtifactRef published = store.publish(written(store, first, 0, "content"), first, "c1", CLAIMED);
        ArtifactRef again = store.publish(written(store, second, 0, "other"), second, "c1", CLAIMED);
        assertThat(again).isEqualTo(published);
        assertThat(names(first)).containsExactly(first.key().shortForm());
    }

    @Test
    void movesADamagedArtifactAsideWhenItIsMadeAgain() throws IOException {
        ArtifactStore store = new ArtifactStore(workspace);
        WorkOrder order = order("a".repeat(32));
        store.publish(written(store, order, 0, "content"), order, "c1", CLAIMED);
        Path file = store.folder(order.task(), order.key()).resolve("result.txt");
        Files.writeString(file, "damaged");
        ArtifactRef again = store.publish(written(store, order, 1, "content"), order, "c1", CLAIMED);
        assertThat(Files.readString(store.open(again).resolve("result.txt"))).isEqualTo("content");
        assertThat(names(order)).hasSize(2).anyMatch(name -> name.startsWith("damaged-"));
    }

    @Test
    void refusesATruncatedFileNamingItWithBothSizes() throws IOException {
        ArtifactStore store = new ArtifactStore(workspace);
        WorkOrder order = order("a".repeat(32));
        store.publish(written(store, order, 0, "content"), order, "c1", CLAIMED);
        Path file = store.folder(order.task(), order.key()).resolve("result.txt");
        Files.writeString(file, "con");
        assertThatThrownBy(() -> store.find(order.task(), order.key()))
                .isInstanceOf(WorkFailure.class)
                .hasMessage("Cannot use artifact file '" + file + "': expected 7 bytes, found 3."
                        + " Restore the file, or delete its folder to have it made again.");
    }

    @Test
    void refusesAFlippedBitNamingTheFileWithBothHashes() throws IOException {
        ArtifactStore store = new ArtifactStore(workspace);
        WorkOrder order = order("a".repeat(32));
        ArtifactRef ref = store.publish(written(store, order, 0, "content"), order, "c1", CLAIMED);
        Path file = store.folder(order.task(), order.key()).resolve("result.txt");
        Files.writeString(file, "contenu");
        assertThatThrownBy(() -> store.open(ref))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("expected SHA-256 " + Sha256.of("content".getBytes()))
                .hasMessageContaining("found " + Sha256.of("contenu".getBytes()));
    }

    @Test
    void refusesAnotherContentUnderTheSameKey() throws IOException {
        ArtifactStore store = new ArtifactStore(workspace);
        WorkOrder order = order("a".repeat(32));
        ArtifactRef ref = store.publish(written(store, order, 0, "content"), order, "c1", CLAIMED);
        ArtifactRef other = new ArtifactRef(ref.task(), ref.key(), "0".repeat(64));
        assertThatThrownBy(() -> store.open(other)).hasMessageContaining("expected SHA-256 " + "0".repeat(64));
    }

    @Test
    void removesWhatEarlierRunsOfTheSameAttemptLeftAndNothingElse() throws IOException {
        ArtifactStore store = new ArtifactStore(workspace);
        WorkOrder mine = order("a".repeat(32));
        WorkOrder other = order("b".repeat(32));
        written(store, mine, 0, "lost");
        Path alive = written(store, other, 0, "alive");
        Path pending = store.begin(mine, 1);
        assertThat(names(mine))
                .containsExactlyInAnyOrder(
                        alive.getFileName().toString(), pending.getFileName().toString());
    }

    private List<String> names(WorkOrder order) throws IOException {
        try (Stream<Path> paths =
                Files.list(workspace.resolve("artifacts").resolve(order.task().label()))) {
            return paths.map(path -> path.getFileName().toString()).toList();
        }
    }

    private static Path written(ArtifactStore store, WorkOrder order, int run, String content) throws IOException {
        Path pending = store.begin(order, run);
        Files.writeString(pending.resolve("result.txt"), content);
        Files.createDirectories(pending.resolve("inner"));
        Files.write(pending.resolve("inner/part.bin"), new byte[] {1, 2, 3});
        return pending;
    }

    private WorkOrder order(String token) {
        JsonNode parameters = Json.tree(Map.of("a", 1));
        return new WorkOrder(
                WorkOrder.FORMAT_VERSION,
                token,
                0,
                1,
                TaskKind.TRAIN_VAE,
                ArtifactKey.of(TaskKind.TRAIN_VAE, "c1", parameters, List.of()),
                workspace,
                parameters,
                List.of(),
                1,
                List.of(new WorkOrder.RankPlace(0, "localhost", "cpu")));
    }
}
