package dev.mugv.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.LatentShard;
import dev.mugv.model.format.LatentShard.Latent;
import dev.mugv.model.format.LatentShard.Text;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.SafetensorsWriter;
import dev.mugv.model.tensor.TorchRuntime;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatentDatasetTest {
    private static final VideoShape VIDEO = new VideoShape(32, 16, 16, 8);
    private static final VideoShape IMAGE = VIDEO.image();
    private static final String VAE = "a".repeat(64);
    private static final String TEXT = "b".repeat(64);

    @TempDir
    Path folder;

    @Test
    void readsSeveralShardsAsOneByClipAndShape() {
        Path first = write("first", VAE, "clip-b", "clip-a");
        Path second = write("second", VAE, "clip-c");
        try (NDManager scope = TorchRuntime.start(1).newScope();
                LatentDataset dataset = LatentDataset.open(List.of(first, second))) {
            assertThat(dataset.clipIds(VIDEO)).containsExactly("clip-a", "clip-b", "clip-c");
            assertThat(dataset.contains("clip-a", IMAGE)).isTrue();
            assertThat(dataset.contains("clip-a", new VideoShape(64, 64, 16, 8)))
                    .isFalse();
            assertThat(dataset.latents(scope, List.of("clip-c", "clip-a"), VIDEO)
                            .getShape())
                    .isEqualTo(new Shape(2, 24, 2, 2, 4));
            float[] image = dataset.latents(scope, List.of("clip-b"), IMAGE).toFloatArray();
            assertThat(image).hasSize(24 * 2 * 4).containsOnly(value("clip-b", IMAGE));
            assertThat(dataset.text(scope, "clip-c").getShape()).isEqualTo(new Shape(3, 8));
            assertThat(dataset.textWidth()).isEqualTo(8);
            assertThat(dataset.requireVae(VAE).vaeSha256()).isEqualTo(VAE);
        }
    }

    @Test
    void refusesLatentsOfAnotherVae() {
        Path shard = write("shard", VAE, "clip-a");
        Path stale = write("stale", "c".repeat(64), "clip-b");

        assertThatThrownBy(() -> LatentDataset.open(List.of(shard, stale)))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining(stale.toString())
                .hasMessageContaining("c".repeat(64));
        try (LatentDataset dataset = LatentDataset.open(List.of(stale))) {
            assertThatThrownBy(() -> dataset.requireVae(VAE)).hasMessageContaining("expected those of VAE " + VAE);
        }
    }

    @Test
    void refusesAnEntryWhoseKeyIsNotItsOwn() throws IOException {
        Path shard = write("shard", VAE, "clip-a");
        Path description = shard.resolve(LatentShard.FILE_NAME);
        // What a mixed-in entry looks like: right encoders in the header, another clip's content behind the entry.
        Files.writeString(
                description, Files.readString(description).replaceFirst("\"end-frame\" : 20", "\"end-frame\" : 21"));

        assertThatThrownBy(() -> LatentDataset.open(List.of(shard)))
                .isInstanceOfSatisfying(
                        WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.CORRUPT))
                .hasMessageContaining("the key of 'latent.clip-a.");
    }

    @Test
    void refusesATruncatedShardByName() throws IOException {
        Path shard = write("shard", VAE, "clip-a");
        Path latents = shard.resolve(LatentShard.LATENTS_FILE_NAME);
        try (FileChannel channel = FileChannel.open(latents, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 4);
        }

        assertThatThrownBy(() -> LatentDataset.open(List.of(shard)))
                .isInstanceOfSatisfying(
                        WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.CORRUPT))
                .hasMessageContaining("Cannot read '" + latents + "'");
    }

    @Test
    void refusesTheSameEntryTwice() {
        Path first = write("first", VAE, "clip-a");
        Path second = write("second", VAE, "clip-a");

        assertThatThrownBy(() -> LatentDataset.open(List.of(first, second)))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining(first.toString())
                .hasMessageContaining(second.toString());
    }

    @Test
    void namesTheClipThatHasNoLatentOfAShape() {
        Path shard = write("shard", VAE, "clip-a");
        try (NDManager scope = TorchRuntime.start(1).newScope();
                LatentDataset dataset = LatentDataset.open(List.of(shard))) {
            assertThatThrownBy(() -> dataset.latents(scope, List.of("clip-z"), VIDEO))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessageContaining("clip-z")
                    .hasMessageContaining(VIDEO.label());
            assertThatThrownBy(() -> dataset.text(scope, "clip-z")).hasMessageContaining("caption of clip clip-z");
        }
    }

    private Path write(String name, String vae, String... clipIds) {
        LatentShard empty = new LatentShard(
                vae,
                TEXT,
                LatentShard.State.NORMALISED_MEAN,
                LatentShard.FLOAT32,
                List.of(),
                List.of(),
                List.of(),
                List.of());
        List<Latent> latents = new ArrayList<>();
        List<Text> texts = new ArrayList<>();
        SafetensorsWriter values = new SafetensorsWriter(Map.of());
        SafetensorsWriter features = new SafetensorsWriter(Map.of());
        for (String clipId : clipIds) {
            for (VideoShape shape : List.of(VIDEO, IMAGE)) {
                Latent blank = new Latent(clipId, "d".repeat(64), 0, 20, shape, "");
                Latent entry = new Latent(clipId, "d".repeat(64), 0, 20, shape, empty.latentKey(blank));
                latents.add(entry);
                Shape sizes = new Shape(24, shape.latentFrames(), 2, 4);
                float[] array = new float[(int) sizes.size()];
                java.util.Arrays.fill(array, value(clipId, shape));
                values.add(entry.tensor(), sizes, FloatBuffer.wrap(array));
            }
            Text text = new Text(clipId, "a " + clipId, LatentShard.textKey("a " + clipId, TEXT));
            texts.add(text);
            features.add(text.tensor(), new Shape(3, 8), FloatBuffer.allocate(24));
        }
        Path shard = folder.resolve(name);
        try {
            Files.createDirectories(shard);
            Files.writeString(
                    shard.resolve(LatentShard.FILE_NAME),
                    Json.pretty(new LatentShard(
                            vae, TEXT, empty.state(), LatentShard.FLOAT32, latents, texts, List.of(), List.of())));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        values.write(shard.resolve(LatentShard.LATENTS_FILE_NAME));
        features.write(shard.resolve(LatentShard.TEXT_FILE_NAME));
        return shard;
    }

    private static float value(String clipId, VideoShape shape) {
        return clipId.hashCode() % 100 + shape.frames();
    }
}
